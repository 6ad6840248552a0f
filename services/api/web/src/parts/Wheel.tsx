import type { Row } from "../api";
import { useApp } from "../app";
import { monthName } from "../figure";
import { Csv } from "./Csv";

/** Means by calendar month, as bars round a ring; months that were never known whole are left out. */
export function Wheel({ row, first }: { row: Row; first: string }) {
	const { language, t } = useApp();
	const start = Number(first.slice(5, 7)) - 1;
	const sums = Array.from({ length: 12 }, () => [0, 0]);
	row.series.forEach((v, i) => {
		if (v === null) return;
		const m = sums[(start + i) % 12];
		m[0] += v;
		m[1]++;
	});
	const means = sums.map(([n, k]) => (k ? n / k : null));
	const max = Math.max(0.1, ...means.map((m) => m ?? 0));
	const name = row[language];
	const monthOf = (i: number) => monthName(`2000-${String(i + 1).padStart(2, "0")}`, language, false);
	return (
		<figure class="wheel">
			<svg viewBox="-110 -110 220 220" role="img" aria-label={`${t.season}: ${name}`}>
				<circle r="30" class="hub" />
				{means.map((m, i) => {
					const a = (i * Math.PI) / 6 - Math.PI / 2;
					const b = a + Math.PI / 6 - 0.05;
					const r = 30 + ((m ?? 0) / max) * 55;
					const p = (angle: number, radius: number) => `${(Math.cos(angle) * radius).toFixed(1)} ${(Math.sin(angle) * radius).toFixed(1)}`;
					const mid = (a + b) / 2;
					return (
						<g>
							{m !== null && <path class="bar" d={`M${p(a, 30)}L${p(a, r)}A${r} ${r} 0 0 1 ${p(b, r)}L${p(b, 30)}A30 30 0 0 0 ${p(a, 30)}`} />}
							<text x={Math.cos(mid) * 98} y={Math.sin(mid) * 98 + 3}>
								{monthOf(i).slice(0, 3)}
							</text>
						</g>
					);
				})}
			</svg>
			<Csv of={t.season} name={`${t.season} ${name} ${row.source}`} head={[t.month, t.mean]} rows={() => means.map((m, i) => [monthOf(i), m === null ? ".." : Math.round(m * 10) / 10])} />
			<details>
				<summary>{t.table}</summary>
				<table>
					<tbody>
						{means.map((m, i) => (
							<tr>
								<th scope="row">{monthOf(i)}</th>
								<td class="number">{m === null ? ".." : m.toLocaleString(language === "sv" ? "sv-SE" : "en-GB", { maximumFractionDigits: 1 })}</td>
							</tr>
						))}
					</tbody>
				</table>
			</details>
		</figure>
	);
}
