import { useEffect, useRef } from "preact/hooks";
import type { Row, Summary } from "../api";
import { useApp } from "../app";
import { addMonths, monthName } from "../figure";

/** What a row is made of: month by month, three years, as a chart and as its table. The chart's library comes when it is asked for. */
export function Cells({ s, row, close }: { s: Summary; row: Row; close: () => void }) {
	const { t, language } = useApp();
	const place = useRef<HTMLDivElement>(null);
	const head = useRef<HTMLHeadingElement>(null);
	const months = row.series.map((_, i) => addMonths(s.series_first, i));
	const name = language === "sv" ? row.sv : row.en;
	useEffect(() => head.current?.focus(), [row.category, row.source]);
	useEffect(() => {
		let over = false;
		let gone = () => {};
		import("../parts/chart").then(({ bars }) => {
			if (!over && place.current) gone = bars(place.current, months, row.series, language);
		});
		return () => {
			over = true;
			gone();
		};
	}, [row, language]);
	const csv = `/api/v1/cells?from=${s.series_first}&to=${months[months.length - 1]}&area=${encodeURIComponent(s.area.code)}&category=${row.category}&source=${row.source}&below=1&format=csv-excel`;
	return (
		<section class="cells" aria-labelledby="cells">
			<div class="title">
				<h2 id="cells" tabIndex={-1} ref={head}>
					{t.cells}: {name}, {s.sources.find((x) => x.source === row.source)?.short}
				</h2>
				<a href={csv} download>
					{t.csv}
				</a>
				<button type="button" onClick={close}>
					{t.close}
				</button>
			</div>
			<div class="chart" ref={place} aria-hidden="true" />
			<details>
				<summary>{t.table}</summary>
				<table class="rows small">
					<tbody>
						{months.map((m, i) => (
							<tr>
								<th scope="row">{monthName(m, language)}</th>
								<td class="number">{row.series[i] ?? ".."}</td>
							</tr>
						))}
					</tbody>
				</table>
			</details>
		</section>
	);
}
