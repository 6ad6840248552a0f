import { useEffect, useRef } from "preact/hooks";
import type { Figure, Row, Summary } from "../api";
import { useAddress, useApp, withQuery } from "../app";
import { addMonths, monthName, shortName } from "../figure";
import { Value } from "../parts/Value";

export interface Cell {
	period: string;
	n: number | null;
	status: Figure["s"] | null;
}

export interface Shown {
	area: string;
	/** What its months are read from, and what was read. */
	path: string;
	months?: Cell[];
}

/** The row's months, of the whole or of the area that is chosen on the map. */
export function pathOf(s: Summary, key: string, chosen: string): { area: string; path: string } {
	const [category, source] = key.split(".");
	const area = s.names[chosen] ? chosen : s.area.code;
	return { area, path: `/api/v1/cells?from=${s.series_first}&to=${addMonths(s.first, s.months - 1)}&area=${encodeURIComponent(area)}&category=${category}&source=${source}` };
}

/** What a row is made of: month by month, three years, as a chart and as its table, of the whole or of the area that is chosen on the map. The
 * chart's library comes when it is asked for. */
export function Cells({ s, row, area, path: ask, months, close }: { s: Summary; row: Row; close: () => void } & Shown) {
	const { t, language } = useApp();
	const address = useAddress();
	const place = useRef<HTMLDivElement>(null);
	const head = useRef<HTMLHeadingElement>(null);
	const figures = (months ?? []).map((c) => ({ month: c.period, f: { ...(c.n === null ? {} : { n: c.n }), ...(c.status ? { s: c.status } : {}) } as Figure }));
	useEffect(() => head.current?.focus(), [row.category, row.source, area]);
	useEffect(() => {
		let over = false;
		let gone = () => {};
		import("../parts/chart").then(({ bars }) => {
			if (!over && place.current && months)
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
	}, [months, language]);
	return (
		<section class="cells" aria-labelledby="cells">
			<div class="title">
				<h2 id="cells" tabIndex={-1} ref={head}>
					{t.cells}: {row[language]}, {shortName(s.sources, row.source, language)}, {s.names[area]?.name ?? s.area.name}
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
