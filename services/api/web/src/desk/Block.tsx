// On the month page: what was promised, and what is late of it; and the areas' levels. Asked for by itself, so that the picture does not wait.
import { useLoaded } from "../app";
import { inOrder, today, type Level, type Measure, type Priority, type Rows } from "./data";
import { useWords } from "./fields";
import { Tally } from "./Measures";
import { LevelMark, MeasureLine, useNames } from "./parts";
import "./desk.css";

const MOST = 5;

export function MeasuresBlock() {
	const w = useWords();
	const names = useNames();
	const { value } = useLoaded<Rows<Measure>>("/api/v1/measures");
	if (!value || !names.ready || value.rows.length === 0) return null;
	const late = inOrder(value.rows, today()).filter((m) => m.overdue);
	return (
		<section class="measures-block" aria-labelledby="measures">
			<div class="title">
				<h2 id="measures">{w.measures}</h2>
				<Tally rows={value.rows} />
				<a class="screen" href="/atgarder">
					{w.toMeasuresAll} →
				</a>
			</div>
			{late.length > 0 && (
				<ul class="plain">
					{late.slice(0, MOST).map((m) => (
						<MeasureLine m={m} names={names} />
					))}
					{late.length > MOST && (
						<li>
							<a href="/atgarder?visa=lista&lage=overdue">
								{late.length - MOST} {w.moreOverdue}
							</a>
						</li>
					)}
				</ul>
			)}
		</section>
	);
}

const order: Record<Level, number> = { red: 0, yellow: 1, green: 2 };

/** The levels of the areas that have one, the gravest first. */
export function Levels({ names }: { names: Record<string, { name: string }> }) {
	const w = useWords();
	const { value } = useLoaded<Rows<Priority>>("/api/v1/priorities");
	const rows = (value?.rows ?? []).filter((p) => names[p.area]).sort((a, b) => order[a.level] - order[b.level]);
	if (!rows.length) return null;
	return (
		<p class="levels">
			<a href="/prioritering">
				{w.priorities}
			</a>
			:{" "}
			{rows.map((p, i) => (
				<span title={p.reason}>
					{i > 0 && ", "}
					{names[p.area].name} <LevelMark level={p.level} />
				</span>
			))}
		</p>
	);
}
