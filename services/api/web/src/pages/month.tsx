// The picture of a month or a tertial: the verdict in words, who has delivered, the figures, where and when.
import type { Row, Summary } from "../api";
import { addMonths, asTertial, monthName, periodName, shown } from "../figure";
import { areaFigure, difference, inOrder, judgement, mostTelling, movers, season } from "../judge";
import { cellsQuery, format } from "../address";
import { go, useData, useShared } from "../state";
import { AreaMap } from "../parts/map";
import { Change, Delivery, Part, Said, Spark, Value } from "../parts/figures";
import { Chart } from "../parts/chart";
import { Drill } from "../parts/drill";
import { Heat } from "../parts/heat";

export function Month({ path }: { path: string }) {
	const { t, at, language } = useShared();
	const { data, problem } = useData<Summary>(path);
	if (problem) return <p class="notice">{problem.title || t.notFound}</p>;
	if (!data) return <p class="quiet">{t.loading}</p>;
	data.sources = inOrder(data.sources);
	document.title = `${data.area.name}, ${periodName(data.period, language)} – ${t.title}`;
	return (
		<article data-period={data.period} data-area={data.area.code}>
			<Heading data={data} />
			{data.edition !== null && (
				<p class="notice">
					{t.editionNote} <a href={format({ page: "bild", rest: data.period })}>{t.toLive}</a>
				</p>
			)}
			<Verdict data={data} />
			<Deliveries data={data} />
			<Selection data={data} />
			<div class="two">
				<Categories data={data} />
				<div class="side">
					<Areas data={data} />
					<Part id="best" title={t.best} lead={t.bestLead}>
						<Heat hours={data.hours} sources={data.sources} />
					</Part>
					<Movers data={data} />
					<Season data={data} />
					<Places data={data} />
				</div>
			</div>
			<details class="how">
				<summary>{t.how}</summary>
				<p>{t.howText}</p>
				<p>{t.pressNote}</p>
			</details>
			{at.visa && <Drill data={data} visa={at.visa} />}
		</article>
	);
}

/** An address with the present one's filter, of this period by its name. */
function useHere(data: Summary) {
	const { at } = useShared();
	const base = data.edition === null ? { page: "bild", rest: data.period } : { page: at.page, rest: at.rest };
	return (to: Partial<typeof at>) => format({ ...at, visa: "", ...base, ...to });
}

function Heading({ data }: { data: Summary }) {
	const { t, at, language } = useShared();
	const here = useHere(data);
	const last = addMonths(data.first, data.months - 1);
	const month = last > data.today.slice(0, 7) ? data.today.slice(0, 7) : last;
	const areas = Object.entries(data.names)
		.filter(([, a]) => a.kind === "area" || a.kind === "municipality")
		.sort(([a, x], [b, y]) => a.length - b.length || x.name.localeCompare(y.name, "sv"));
	return (
		<div class="heading">
			<h1>
				{data.area.name} · {periodName(data.period, language)} {!data.complete && <span class="preliminary">({t.preliminary})</span>}
			</h1>
			{data.edition === null && (
				<div class="controls">
					<a href={here({ rest: data.previous })} rel="prev">
						◄ {data.months === 1 ? monthName(data.previous, language) : data.previous}
					</a>
					{data.next && (
						<a href={here({ rest: data.next })} rel="next">
							{data.months === 1 ? monthName(data.next, language) : data.next} ►
						</a>
					)}
					<span class="switch">
						<a href={here({ rest: month })} aria-current={data.months === 1 ? "true" : undefined}>
							{t.month}
						</a>
						<a href={here({ rest: asTertial(data.first) })} aria-current={data.months === 4 ? "true" : undefined}>
							{t.tertial}
						</a>
					</span>
					<label>
						{t.area}{" "}
						<select value={data.area.code} onChange={(e) => go({ ...at, page: "bild", rest: data.period, visa: "", omrade: e.currentTarget.value })}>
							{areas.map(([code, a]) => (
								<option value={code}>{a.name}</option>
							))}
						</select>
					</label>
					<button type="button" onClick={() => print()}>
						{t.print}
					</button>
				</div>
			)}
		</div>
	);
}

function Verdict({ data }: { data: Summary }) {
	const { t, language } = useShared();
	const here = useHere(data);
	const j = judgement(data);
	const filling = data.sources.filter((s) => s.state === "filling");
	const name = periodName(data.period, language);
	const said = (j.hold === 0 ? t.noneHold : `${j.hold} ${j.hold === 1 ? t.holdOne : t.holdMany}`) + (j.usual > 0 ? `, ${j.usual} ${t.usualAll}` : "");
	return (
		<section class="verdict" aria-labelledby="verdict">
			<h2 id="verdict" tabIndex={-1} data-hold={j.hold} data-usual={j.usual}>
				{data.tested > 0 ? said : data.complete ? t.noneTested : `${name} ${t.notYet}`}.
			</h2>
			{data.verdicts.length > 0 && (
				<ul>
					{data.verdicts.map((v) => (
						<li class={v.verdict}>
							<a href={here({ visa: [v.category, v.source, v.area].filter(Boolean).join(".") })}>
								<span aria-hidden="true">{v.verdict === "increase" ? "▲" : "▼"}</span> <b>{v[language]}</b>
								{v.name ? `, ${v.name}` : ""} ({v.short}): <b>{shown({ n: v.n }, language)}</b> {t.against} {shown({ n: v.last_year }, language)} {t.lastYear} – {t[v.verdict]}{" "}
								<span class="go">→ {t.show}</span>
							</a>
						</li>
					))}
				</ul>
			)}
			{!data.complete && (
				<p>
					{filling.length > 0 ? `${t.stillFilling}: ${filling.map((s) => s[language]).join(", ")}.` : `${name} ${t.because}.`} {t.laterCompared}{" "}
					{data.edition === null && <a href="/">{t.toLatest}</a>}
				</p>
			)}
			{j.tooShort > 0 && (
				<p>
					{j.tooShort} {t.tooShort}.
				</p>
			)}
			{j.notCompared > 0 && data.complete && (
				<p>
					{j.notCompared} {t.notCompared}.
				</p>
			)}
		</section>
	);
}

function Deliveries({ data }: { data: Summary }) {
	const { t, language } = useShared();
	const missing = data.sources.filter((s) => s.state === "missing");
	return (
		<section class="deliveries" aria-labelledby="delivered">
			<h2 id="delivered">{t.delivered}</h2>
			<ul>
				{data.sources.map((s) => (
					<li data-source={s.source} data-state={s.state}>
						<span title={s[language]}>{s[language]}</span> <Delivery state={s.state} />
					</li>
				))}
			</ul>
			<p>
				{t.missing}: {missing.length ? missing.map((s) => s[language]).join(", ") : t.nobody}. <a href="/kvalitet">{t.moreDelivery}</a>
			</p>
		</section>
	);
}

function Selection({ data }: { data: Summary }) {
	const { t, at, language } = useShared();
	if (!at.kalla && !at.kategori) return null;
	const names = [data.sources.find((s) => s.source === at.kalla)?.[language], data.rows.find((r) => r.category === at.kategori)?.[language]];
	return (
		<p class="notice">
			{t.selection}: {names.filter(Boolean).join(", ")}. <a href={format({ ...at, kalla: "", kategori: "", visa: "" })}>{t.clear}</a>
		</p>
	);
}

function useRows(data: Summary): Row[] {
	const { at } = useShared();
	return data.rows.filter((r) => (!at.kalla || r.source === at.kalla) && (!at.kategori || r.category === at.kategori));
}

// ---- by source and category ----

function Categories({ data }: { data: Summary }) {
	const { t, at } = useShared();
	const rows = useRows(data);
	const csv = cellsQuery({ from: data.first, to: addMonths(data.first, data.months - 1), area: data.area.code, category: at.kategori, source: at.kalla }, "csv-excel");
	return (
		<Part id="categories" title={t.byCategory} lead={t.scope} aside={data.edition === null && <a href={csv} download={`lagesbild-${data.area.code}-${data.first}.csv`}>{t.csv}</a>}>
			<RowsTable data={data} rows={rows.filter((r) => r.est && (r.source !== "press" || at.kalla === "press"))} />
			{rows.some((r) => r.est && r.source === "press") && at.kalla !== "press" && (
				<details class="other">
					<summary>{t.notices}</summary>
					<p class="lead">{t.pressNote}</p>
					<RowsTable data={data} rows={rows.filter((r) => r.est && r.source === "press")} />
				</details>
			)}
			{rows.some((r) => !r.est) && (
				<details class="other" open={at.utskrift}>
					<summary>{t.other}</summary>
					<RowsTable data={data} rows={rows.filter((r) => !r.est)} />
				</details>
			)}
		</Part>
	);
}

function RowsTable({ data, rows }: { data: Summary; rows: Row[] }) {
	const { t, language } = useShared();
	const here = useHere(data);
	if (!rows.length) return <p>{t.noData}</p>;
	return (
		<table class="rows">
			<thead>
				<tr>
					<th scope="col">{t.category}</th>
					<th scope="col" class="num">
						{data.months === 1 ? monthName(data.first, language, false) : data.period}
					</th>
					<th scope="col" class="num">
						{t.lastYear}
					</th>
					<th scope="col" class="num wide">
						{t.change}
					</th>
					<th scope="col" class="num">
						{t.twelve}
					</th>
					<th scope="col" class="wide">
						{t.trend}
					</th>
					<th scope="col" class="word">
						{t.verdict}
					</th>
				</tr>
			</thead>
			{data.sources
				.filter((s) => rows.some((r) => r.source === s.source))
				.map((s) => (
					<tbody>
						<tr class="source">
							<th scope="rowgroup" colSpan={7}>
								{s[language]} <Delivery state={s.state} />
							</th>
						</tr>
						{rows
							.filter((r) => r.source === s.source)
							.map((r) => (
								<tr data-category={r.category} data-source={r.source}>
									<th scope="row">
										<a href={here({ visa: `${r.category}.${r.source}` })}>{r[language]}</a>
									</th>
									<td class="num now">
										<Value of={r.n} />
									</td>
									<td class="num">
										<Value of={r.last_year} />
									</td>
									<td class="num wide">
										<Change of={r.change} />
									</td>
									<td class="num">
										<Value of={r.r12} />
									</td>
									<td class="wide">
										<Spark points={r.series} />
									</td>
									<td class="word">
										<Said verdict={r.verdict} holds={r.holds} />
									</td>
								</tr>
							))}
					</tbody>
				))}
		</table>
	);
}

// ---- what rose and fell ----

function Movers({ data }: { data: Summary }) {
	const { t } = useShared();
	const rows = useRows(data);
	return (
		<Part id="risen" title={t.risen} lead={t.risenLead}>
			<div>
				<MoversTable title={t.againstYear} data={data} rows={rows} now={(r) => r.n} then={(r) => r.last_year} />
				<MoversTable title={t.againstTwelve} data={data} rows={rows} now={(r) => r.r12} then={(r) => r.r12_before} />
			</div>
		</Part>
	);
}

function MoversTable({ title, data, rows, now, then }: { title: string; data: Summary; rows: Row[]; now: (r: Row) => Row["n"]; then: (r: Row) => Row["n"] }) {
	const { t, language } = useShared();
	const here = useHere(data);
	const { up, down } = movers(rows, (r) => difference(now(r), then(r)), 4);
	if (!up.length && !down.length)
		return (
			<div>
				<h3>{title}</h3>
				<p>{data.complete ? t.nothingMoved : t.laterCompared}</p>
			</div>
		);
	return (
		<table>
			<caption>{title}</caption>
			<thead>
				<tr>
					<th scope="col">{t.category}</th>
					<th scope="col" class="num">
						{t.change}
					</th>
					<th scope="col" class="num">
						{t.now}
					</th>
					<th scope="col" class="num">
						{t.then}
					</th>
				</tr>
			</thead>
			{[
				{ name: t.up, list: up },
				{ name: t.down, list: down },
			].map(({ name, list }) => (
				<tbody>
					{list.length > 0 && (
						<tr class="source">
							<th scope="rowgroup" colSpan={4}>
								{name}
							</th>
						</tr>
					)}
					{list.map((r) => (
						<tr>
							<th scope="row">
								<a href={here({ visa: `${r.category}.${r.source}` })}>{r[language]}</a> <span class="quiet">{data.sources.find((s) => s.source === r.source)?.short}</span>
							</th>
							<td class="num now">
								<Change of={difference(now(r), then(r))} />
							</td>
							<td class="num">
								<Value of={now(r)} />
							</td>
							<td class="num">
								<Value of={then(r)} />
							</td>
						</tr>
					))}
				</tbody>
			))}
		</table>
	);
}

// ---- where ----

/** The row that map and annual wheel show: the one that the filter names, else the largest of what EST follows. */
function useChosen(data: Summary): Row | undefined {
	return mostTelling(data, useRows(data));
}

function ChooseRow({ data, chosen }: { data: Summary; chosen: Row }) {
	const { t, at, language } = useShared();
	return (
		<label class="choose">
			{t.chooseFigure}{" "}
			<select
				value={`${chosen.category}.${chosen.source}`}
				onChange={(e) => {
					const [kategori, kalla] = e.currentTarget.value.split(".");
					go({ ...at, kategori, kalla, visa: "" });
				}}
			>
				{data.sources.map((s) => (
					<optgroup label={s[language]}>
						{data.rows
							.filter((r) => r.source === s.source)
							.map((r) => (
								<option value={`${r.category}.${r.source}`}>
									{r[language]} ({s.short})
								</option>
							))}
					</optgroup>
				))}
			</select>
		</label>
	);
}

function Areas({ data }: { data: Summary }) {
	const { t, language } = useShared();
	const here = useHere(data);
	const chosen = useChosen(data);
	if (!chosen || data.area.kind === "place") return null;
	const source = data.sources.find((s) => s.source === chosen.source);
	const parents = new Set(Object.values(data.names).map((a) => a.parent));
	const places = Object.entries(data.names)
		.filter(([, a]) => a.kind === "area" || a.kind === "municipality")
		.map(([code, a]) => {
			const found = data.areas.find((x) => x.area === code && x.category === chosen.category && x.source === chosen.source);
			return { code, name: parents.has(code) ? `${a.name} (${t.unplaced})` : a.name, found, figure: areaFigure(found, source), href: here({ omrade: code }) };
		})
		.sort((a, b) => (b.figure.n ?? -1) - (a.figure.n ?? -1) || a.name.localeCompare(b.name, "sv"));
	return (
		<Part id="areas" title={t.areas} aside={<a href={format({ page: "jamfor", rest: data.period })}>{t.compare}</a>}>
			<ChooseRow data={data} chosen={chosen} />
			<p class="lead">
				{chosen[language]}, {source?.[language]}
			</p>
			<AreaMap area={data.area.kind === "area" ? (data.area.code.split("-")[0] ?? "") : data.area.code} places={places} />
			<table class="areas">
				<thead>
					<tr>
						<th scope="col">{t.area}</th>
						<th scope="col" class="num">
							{t.number}
						</th>
						<th scope="col" class="num">
							{t.lastYear}
						</th>
						<th scope="col">{t.verdict}</th>
					</tr>
				</thead>
				<tbody>
					{places
						.filter((p) => p.found)
						.map((p) => (
							<tr data-area={p.code}>
								<th scope="row">
									<a href={p.href}>{p.name}</a>
								</th>
								<td class="num now">
									<Value of={p.figure} />
								</td>
								<td class="num">
									<Value of={p.found!.last_year} />
								</td>
								<td>
									<Said verdict={p.found!.verdict} holds={p.found!.holds} />
								</td>
							</tr>
						))}
				</tbody>
			</table>
		</Part>
	);
}

function Season({ data }: { data: Summary }) {
	const { t, language } = useShared();
	const chosen = useChosen(data);
	if (!chosen) return null;
	const wheel = season(data.series_first, chosen.series);
	const names = Array.from({ length: 12 }, (_, i) => monthName(`2000-${String(i + 1).padStart(2, "0")}`, language, false));
	const show = (n: number | null) => (n === null ? ".." : n.toLocaleString(language === "sv" ? "sv-SE" : "en-GB", { maximumFractionDigits: 1 }));
	return (
		<Part id="season" title={t.season} lead={t.seasonLead}>
			<p>
				{chosen[language]}, {data.sources.find((s) => s.source === chosen.source)?.[language]}
			</p>
			<Chart labels={names.map((n) => n.slice(0, 3))} lines={[{ name: t.mean, points: wheel.map((n) => (n === null ? null : Math.round(n * 10) / 10)), bars: true }]} height={190} />
			<details>
				<summary>{t.table}</summary>
				<table>
					<thead>
						<tr>
							<th scope="col">{t.month}</th>
							<th scope="col" class="num">
								{t.mean}
							</th>
						</tr>
					</thead>
					<tbody>
						{wheel.map((n, i) => (
							<tr>
								<th scope="row">{names[i]}</th>
								<td class="num">{show(n)}</td>
							</tr>
						))}
					</tbody>
				</table>
			</details>
		</Part>
	);
}

function Places({ data }: { data: Summary }) {
	const { t, at, language } = useShared();
	const rows = data.places
		.filter((p) => p.est && p.source !== "press" && (!at.kalla || p.source === at.kalla) && (!at.kategori || p.category === at.kategori))
		.sort((a, b) => b.n12 - a.n12)
		.slice(0, 10);
	const category = (code: string) => data.rows.find((r) => r.category === code)?.[language];
	return (
		<Part id="places" title={t.places}>
			{rows.length === 0 ? (
				<p>{t.noData}</p>
			) : (
				<table>
					<thead>
						<tr>
							<th scope="col">{t.place}</th>
							<th scope="col">{t.category}</th>
							<th scope="col" class="num">
								{t.now}
							</th>
							<th scope="col" class="num">
								{t.twelve}
							</th>
						</tr>
					</thead>
					<tbody>
						{rows.map((p) => (
							<tr>
								<th scope="row">{p.place}</th>
								<td>
									{category(p.category) ?? p.sv} <span class="quiet">{p.short}</span>
								</td>
								<td class="num">{p.n}</td>
								<td class="num now">{p.n12}</td>
							</tr>
						))}
					</tbody>
				</table>
			)}
		</Part>
	);
}
