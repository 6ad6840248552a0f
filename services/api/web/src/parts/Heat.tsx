import type { Figure } from "../api";
import { useApp } from "../app";
import { shown } from "../figure";
import { dayNames } from "./hours";

/** Weekday and hour as a table whose cells are shaded: the numbers stand in them, so it is its own table. */
export function Heat({ cells, caption }: { cells: number[]; caption: string }) {
	const { language } = useApp();
	const max = Math.max(1, ...cells);
	return (
		<div class="scroll" tabIndex={0} role="group" aria-label={caption}>
			<table class="heat">
				<caption class="aloud">{caption}</caption>
				<thead>
					<tr>
						<td />
						{Array.from({ length: 24 }, (_, h) => (
							<th scope="col">{String(h).padStart(2, "0")}</th>
						))}
					</tr>
				</thead>
				<tbody>
					{dayNames(language).map((day, d) => (
						<tr>
							<th scope="row">{day}</th>
							{cells.slice(d * 24, d * 24 + 24).map((n) => (
								<td style={{ "--heat": n / max }}>{n || ""}</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

/** "644 av 959 har klockslag": what the hours cannot tell of. */
export function Timed({ of }: { of: { n: number; of: Figure } | null }) {
	const { language, t } = useApp();
	return (
		of && (
			<p class="quiet">
				{shown({ n: of.n }, language)} {t.of} {shown(of.of, language)} {t.haveHour}
			</p>
		)
	);
}
