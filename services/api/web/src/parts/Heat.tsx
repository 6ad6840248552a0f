import { useApp } from "../app";

const days = { sv: ["mån", "tis", "ons", "tor", "fre", "lör", "sön"], en: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] };

/** Of an hour of the week, Monday 00 being the first. */
export const dayName = (i: number, language: "sv" | "en") => days[language][Math.floor(i / 24)];

/** The four hours in a row, of one weekday, in which most happens; "" when little happens at all. */
export function busiest(cells: number[], language: "sv" | "en"): string {
	const whole = cells.reduce((a, b) => a + b, 0);
	if (whole < 20) return "";
	let best = 0;
	let at = 0;
	for (let i = 0; i < 168; i++) {
		let n = 0;
		for (let k = 0; k < 4; k++) n += cells[(i + k) % 168];
		if (n > best) [best, at] = [n, i];
	}
	const hour = (i: number) => String(i % 24).padStart(2, "0");
	return `${dayName(at, language)} ${hour(at)}–${hour(at + 4)}`;
}

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
					{days[language].map((day, d) => (
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
