// Before and after a measure, beside a place where nothing was done: as a small picture, as a table, and in words.
import { useState } from "preact/hooks";
import { useApp, useLoaded } from "../app";
import { periodInText, shortOf } from "../figure";
import { Value } from "../parts/Value";
import type { Effect, EffectRow, Measure } from "./data";
import { effectMonths } from "./effect";
import { useWords } from "./fields";
import type { Names } from "./parts";

export function EffectOf({ m, names }: { m: Measure; names: Names }) {
	const { language, session } = useApp();
	const w = useWords();
	const [control, choose] = useState("");
	const period = (from: string, to: string) => periodInText(from === to ? from : `${from}/${to}`, language);
	const { value: latest } = useLoaded<{ first: string; months: number }>(session.account ? "/api/v1/summary/latest" : null);
	const span = latest ? effectMonths(m.starts, latest.first) : null;
	const whole = !!m.area && !!m.category && !!m.starts;
	const query = whole && span && control ? new URLSearchParams({ area: m.area!, category: m.category!, from: span[0], to: span[1], control }) : null;
	const { value, problem } = useLoaded<Effect>(query ? `/api/v1/effect?${query}` : null);
	if (problem?.status === 404) return null;
	return (
		<section aria-labelledby="effect" class={value ? "effect" : "effect screen"}>
			<h2 id="effect">{w.effect}</h2>
			{!whole ? (
				<p class="quiet">{w.effectNeeds}</p>
			) : latest && !span ? (
				<p class="quiet">{w.effectEarly}</p>
			) : (
				<>
					<p class="quiet">{w.effectLead}</p>
					<label class="field">
						{w.control}{" "}
						<select name="control" value={control} onChange={(e) => choose(e.currentTarget.value)}>
							<option value="">{w.chooseControl}</option>
							{names.areas
								.filter(([code]) => code !== m.area && code !== names.municipality && !names.around(m.area, code))
								.map(([code, name]) => (
									<option value={code}>{name}</option>
								))}
						</select>
					</label>
					{problem && <p class="trouble">{problem.title}</p>}
					{value && (
						<>
							<p>
								{names.category(m.category)}: {period(value.before_from, value.before_to)} {w.and} {period(value.from, value.to)}
							</p>
							{value.rows
								.filter((r) => !empty(r))
								.map((r) => (
									<Source r={r} here={names.area(m.area)} there={names.area(control)} />
								))}
							{value.rows.some(empty) && (
								<p class="quiet">
									{w.noneIn}{" "}
									{value.rows
										.filter(empty)
										.map((r) => shortOf(r, language))
										.join(", ")}
								</p>
							)}
							<p class="quiet">{w.effectMethod}</p>
						</>
					)}
				</>
			)}
		</section>
	);
}

/** Nothing happened, before or after, here or there: known, but not worth a picture. */
const empty = (r: EffectRow) => [r.before, r.after, r.control_before, r.control_after].every((f) => !f.s && f.n === 0);

function Source({ r, here, there }: { r: EffectRow; here: string; there: string }) {
	const w = useWords();
	const max = Math.max(1, ...[r.before, r.after, r.control_before, r.control_after].map((f) => f.n ?? 0));
	const bar = (n: number | undefined, y: number, kind: string) => <rect class={kind} x="0" y={y} height="7" width={((n ?? 0) / max) * 100} />;
	const line = (name: string, before: EffectRow["before"], after: EffectRow["before"]) => (
		<tr>
			<th scope="row">{name}</th>
			<td class="number">
				<Value f={before} />
			</td>
			<td class="number now">
				<Value f={after} />
			</td>
			<td class="bars">
				<svg viewBox="0 0 100 18" preserveAspectRatio="none" aria-hidden="true">
					{bar(before.n, 1, "before")}
					{bar(after.n, 10, "after")}
				</svg>
			</td>
		</tr>
	);
	return (
		<div class={`source ${r.verdict}`} data-verdict={r.verdict}>
			<table class="rows small">
				<caption>
					{r.sv}: <strong>{w.verdicts[r.verdict]}</strong>
					{r.effect !== null && r.se !== null && (
						<>
							{" "}
							({w.difference} {r.effect > 0 ? "+" : r.effect < 0 ? "−" : "±"}
							{Math.abs(r.effect)}, ± {(1.96 * r.se).toFixed(0)})
						</>
					)}
				</caption>
				<thead>
					<tr>
						<td />
						<th scope="col" class="number">
							{w.before}
						</th>
						<th scope="col" class="number">
							{w.afterward}
						</th>
						<td />
					</tr>
				</thead>
				<tbody>
					{line(here, r.before, r.after)}
					{line(there, r.control_before, r.control_after)}
				</tbody>
			</table>
		</div>
	);
}
