import { useEffect, useRef } from "preact/hooks";
import type { Figure, Row, Summary } from "../api";
import { useAddress, useApp, useLoaded, withQuery } from "../app";
import { addMonths, monthName } from "../figure";
import { Value } from "../parts/Value";

interface Cell {
	period: string;
	n: number | null;
	status: Figure["s"] | null;
}

/** What a row is made of: month by month, three years, as a chart and as its table, of the whole or of the area that is chosen on the map. The
 * chart's library comes when it is asked for. */
export function Cells({ s, row, close }: { s: Summary; row: Row; close: () => void }) {
	const { t, language, version } = useApp();
	const address = useAddress();
	const place = useRef<HTMLDivElement>(null);
	const head = useRef<HTMLHeadingElement>(null);
	const chosen = address.query.get("omrade") ?? "";
	const area = s.names[chosen] ? chosen : s.area.code;
	const ask = `/api/v1/cells?from=${s.series_first}&to=${addMonths(s.first, s.months - 1)}&area=${encodeURIComponent(area)}&category=${row.category}&source=${row.source}`;
	const { value } = useLoaded<{ rows: Cell[] }>(ask, version);
	const figures = (value?.rows ?? []).map((c) => ({ month: c.period, f: { ...(c.n === null ? {} : { n: c.n }), ...(c.status ? { s: c.status } : {}) } as Figure }));
	useEffect(() => head.current?.focus(), [row.category, row.source, area]);
	useEffect(() => {
		let over = false;
		let gone = () => {};
		import("../parts/chart").then(({ bars }) => {
			if (!over && place.current && value)
				gone = bars(
					place.current,
					figures.map((x) => x.month),
					figures.map((x) => x.f.n ?? null),
					language,
				);
		});
		return () => {
			over = true;
			gone();
		};
	}, [value, language]);
	return (
		<section class="cells" aria-labelledby="cells">
			<div class="title">
				<h2 id="cells" tabIndex={-1} ref={head}>
					{t.cells}: {row[language]}, {s.sources.find((x) => x.source === row.source)?.short}, {s.names[area]?.name ?? s.area.name}
				</h2>
				{area !== s.area.code && <a href={withQuery(address, { omrade: "" })}>{s.area.name}</a>}
				<a href={ask + "&below=1&format=csv-excel"} download>
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
						{figures.map((x) => (
							<tr data-month={x.month}>
								<th scope="row">{monthName(x.month, language)}</th>
								<td class="number">
									<Value f={x.f} />
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</details>
		</section>
	);
}
