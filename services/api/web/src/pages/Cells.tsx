import { useEffect, useRef } from "preact/hooks";
import type { Figure, Row, Summary } from "../api";
import { useAddress, useApp, withQuery } from "../app";
import { addMonths, apart, areaName, monthName, plainly, shortName, withoutParts, type Cell } from "../figure";
import { Csv } from "../parts/Csv";
import { Value } from "../parts/Value";

export interface Shown {
	area: string;
	/** Without its parts. */
	own: boolean;
	/** What its months are read from, and what was read. */
	path: string;
	months?: Cell[];
}

/** The row's months, of the whole or of the area that is chosen on the map; of one that has parts those are asked for too, for it stands there without them. */
export function pathOf(s: Summary, key: string, chosen: string): { area: string; path: string; own: boolean } {
	const [category, source] = key.split(".");
	const area = s.names[chosen] ? chosen : s.area.code;
	const own = area === chosen && apart(s, area);
	return { area, own, path: `/api/v1/cells?from=${s.series_first}&to=${addMonths(s.first, s.months - 1)}&area=${encodeURIComponent(area)}&category=${category}&source=${source}${own ? "&below=1" : ""}` };
}

/** What a row is made of: month by month, three years, as a chart and as its table, of the whole or of the area that is chosen on the map. The
 * chart's library comes when it is asked for. */
export function Cells({ s, row, area, own, months, close }: { s: Summary; row: Row; close: () => void } & Shown) {
	const { t, language } = useApp();
	const address = useAddress();
	const place = useRef<HTMLDivElement>(null);
	const head = useRef<HTMLHeadingElement>(null);
	const what = `${row[language]}, ${shortName(s.sources, row.source, language)}, ${own ? areaName(s, area, language) : (s.names[area]?.name ?? s.area.name)}`;
	const figures = (own ? withoutParts(months ?? [], area, s.names) : (months ?? [])).map((c) => ({ month: c.period, f: { ...(c.n === null ? {} : { n: c.n }), ...(c.status ? { s: c.status } : {}) } as Figure }));
	const opener = useRef<[Element, string | null] | null>(null);
	useEffect(() => {
		const from = document.activeElement;
		if (from?.matches("a, [role=button]")) opener.current = [from, from.getAttribute("href")];
		head.current?.focus();
	}, [row.category, row.source, area]);
	// The focus goes back to what opened this, if it is still the same; else to the row.
	const shut = () => {
		close();
		window.setTimeout(() => {
			const [from, href] = opener.current ?? [];
			const still = from?.isConnected && from.getAttribute("href") === href && !from.closest(".cells");
			const to = still ? from : document.querySelector(`#rad-${CSS.escape(`${row.category}-${row.source}`)} a`);
			to?.closest("details")?.setAttribute("open", "");
			(to as HTMLElement | null)?.focus();
		});
	};
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
					{t.cells}: {what}
				</h2>
				{own && area !== s.area.code && <a href={withQuery(address, { kommun: area, omrade: "" })}>{`${s.names[area].name}, ${t.wholeOf}`}</a>}
				{(own || area !== s.area.code) && <a href={withQuery(address, { omrade: "" })}>{`${s.area.name}${own && area === s.area.code ? `, ${t.wholeOf}` : ""}`}</a>}
				<Csv of={t.cells} name={`${s.period} ${what}`} head={[t.month, t.number]} rows={() => figures.map((x) => [x.month, plainly(x.f)])} />
				<button type="button" onClick={shut}>
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
