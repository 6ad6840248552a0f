// Weekday and hour: a table that is its own picture.
import { useState } from "preact/hooks";
import type { Hours, Source } from "../api";
import { bestTime, shadeOf, shades } from "../judge";
import { useShared } from "../state";

const days = {
	sv: ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"],
	en: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
};
const two = (n: number) => String(n).padStart(2, "0");

export function Heat({ hours, sources }: { hours: Hours[]; sources: Source[] }) {
	const { t, language } = useShared();
	const known = hours.filter((h) => h.est && h.n12.some((n) => n > 0));
	const [chosen, choose] = useState("");
	const total = (h: Hours) => h.n12.reduce((a, b) => a + b, 0);
	const most = [...known].filter((h) => h.source !== "press").sort((a, b) => total(b) - total(a))[0];
	const one = known.find((h) => h.source === chosen) ?? most ?? known[0];
	if (!one) return <p>{t.noData}</p>;
	const name = (d: number, short = false) => (short ? days[language][d].slice(0, 3) : days[language][d]);
	const best = bestTime(one.n12);
	const limits = shades(one.n12);
	return (
		<>
			<label class="choose">
				{t.source}{" "}
				<select value={one.source} onChange={(e) => choose(e.currentTarget.value)}>
					{known.map((h) => (
						<option value={h.source}>{sources.find((s) => s.source === h.source)?.[language] ?? h.source}</option>
					))}
				</select>
			</label>
			<p class="best">
				{best ? (
					<>
						{t.bestTime}{" "}
						<strong>
							{name(best.days[0])}
							{best.days.length > 1 && `–${name(best.days[best.days.length - 1])}`} {t.at} {two(best.from)}–{two(best.to)}
						</strong>{" "}
						({Math.round(best.share * 100)} % {t.ofAll})
					</>
				) : (
					t.few
				)}
			</p>
			<table class="heat">
				<caption class="aloud">{t.best}</caption>
				<thead>
					<tr>
						<th scope="col">
							<span class="aloud">{t.weekday}</span>
						</th>
						{Array.from({ length: 24 }, (_, h) => (
							<th scope="col" aria-label={`${t.at} ${two(h)}`}>
								{h % 3 === 0 && two(h)}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{days[language].map((day, d) => (
						<tr>
							<th scope="row" aria-label={day}>
								{name(d, true)}
							</th>
							{one.n12.slice(d * 24, d * 24 + 24).map((n, h) => (
								<td class={"shade" + shadeOf(n, limits)} title={`${day} ${two(h)}: ${n}`}>
									<span>{n}</span>
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</>
	);
}
