// From a figure to what lies behind it: its months as a chart, as a table and as a file.
import { useEffect, useRef } from "preact/hooks";
import { cellsQuery } from "../address";
import type { Figure, Summary } from "../api";
import { addMonths, monthName, periodName } from "../figure";
import { areaFigure } from "../judge";
import { go, useData, useShared } from "../state";
import { Chart } from "./chart";
import { Said, Value } from "./figures";

interface Cell {
	period: string;
	n: number | null;
	status: Figure["s"] | null;
}

export function Drill({ data, visa }: { data: Summary; visa: string }) {
	const { t, at, language } = useShared();
	const [category, source, part] = visa.split(".");
	const box = useRef<HTMLDialogElement>(null);
	const row = data.rows.find((r) => r.category === category && r.source === source);
	const inside = part ? data.areas.find((a) => a.category === category && a.source === source && a.area === part) : undefined;
	const code = part || data.area.code;
	const ask = { from: data.series_first, to: addMonths(data.first, data.months - 1), area: code, category, source };
	const line = inside ?? row;
	const cells = useData<{ rows: Cell[] }>(row && data.edition === null ? cellsQuery(ask) : "");
	const from = useRef<Element | null>(null);
	useEffect(() => {
		from.current = document.activeElement;
		if (row) box.current?.showModal();
		return () => (from.current as HTMLElement | null)?.focus?.();
	}, [visa, !!row]);
	if (!row || !line) return null;
	const s = data.sources.find((x) => x.source === source);
	const figures: { period: string; figure: Figure }[] = cells.data
		? cells.data.rows.map((c) => ({ period: c.period, figure: { ...(c.n === null ? {} : { n: c.n }), ...(c.status ? { s: c.status } : {}) } }))
		: (inside ? [] : row.series).map((n, i) => ({ period: addMonths(data.series_first, i), figure: n === null ? { s: ".." as const } : { n } }));
	const areas = data.areas.filter((a) => !inside && a.category === category && a.source === source);
	const close = () => go({ ...at, visa: "" });
	return (
		<dialog class="drill" ref={box} onClose={close} aria-labelledby="drill-title">
			<div class="head">
				<h2 id="drill-title">
					{row[language]}, {data.names[code]?.name ?? data.area.name}
				</h2>
				<button type="button" onClick={() => box.current?.close()}>
					{t.close}
				</button>
			</div>
			<p>
				{s?.[language]}. {periodName(data.period, language)}:{" "}
				<strong>
					<Value of={line.n} />
				</strong>
				, {t.lastYear} <Value of={line.last_year} />. <Said verdict={line.verdict} holds={line.holds} />
			</p>
			{source === "press" && <p class="notice">{t.pressNote}</p>}
			<h3>{t.history}</h3>
			<Chart labels={figures.map((f) => monthName(f.period, language).slice(0, 3) + " " + f.period.slice(2, 4))} lines={[{ name: row[language], points: figures.map((f) => f.figure.n ?? null) }]} />
			<details>
				<summary>{t.table}</summary>
				<table>
					<thead>
						<tr>
							<th scope="col">{t.month}</th>
							<th scope="col" class="num">
								{t.number}
							</th>
						</tr>
					</thead>
					<tbody>
						{[...figures].reverse().map((f) => (
							<tr data-month={f.period}>
								<th scope="row">{monthName(f.period, language)}</th>
								<td class="num">
									<Value of={f.figure} />
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</details>
			{data.edition === null && (
				<p>
					<a href={cellsQuery(ask, "csv-excel")} download={`lagesbild-${data.area.code}-${category}-${source}.csv`}>
						{t.csv}
					</a>
				</p>
			)}
			{areas.length > 0 && (
				<>
					<h3>{t.inAreas}</h3>
					<table>
						<thead>
							<tr>
								<th scope="col">{t.area}</th>
								<th scope="col" class="num">
									{periodName(data.period, language)}
								</th>
								<th scope="col" class="num">
									{t.lastYear}
								</th>
								<th scope="col">{t.verdict}</th>
							</tr>
						</thead>
						<tbody>
							{areas.map((a) => (
								<tr>
									<th scope="row">{data.names[a.area]?.name ?? a.area}</th>
									<td class="num">
										<Value of={areaFigure(a, s)} />
									</td>
									<td class="num">
										<Value of={a.last_year} />
									</td>
									<td>
										<Said verdict={a.verdict} holds={a.holds} />
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</>
			)}
		</dialog>
	);
}
