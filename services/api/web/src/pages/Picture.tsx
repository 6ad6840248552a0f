import { useEffect, useMemo, useState } from "preact/hooks";
import type { AreaRow, Place, Row, Summary } from "../api";
import { Levels, MeasuresBlock } from "../desk/Lazy";
import { LAW, SECTIONS } from "../document/data";
import { DraftButton } from "../document/Edition";
import { Events } from "../document/Events";
import { Texts } from "../document/Texts";
import { words } from "../document/text";
import { compared, isTested, kindOf, notCompared } from "../document/words";
import { AppContext, comparing, go, returned, useAddress, useApp, useLoaded, useTogether, withQuery } from "../app";
import { addMonths, apart, areaName, areaNames, asTertial, monthName, periodName, plainly, shortName, shortOf, signed, type Cell } from "../figure";
import { areaFigure } from "../judge";
import { AreaMap } from "../parts/AreaMap";
import { Csv } from "../parts/Csv";
import { Heat, Timed } from "../parts/Heat";
import { busiest, dayName, timed } from "../parts/hours";
import { Movers } from "../parts/Movers";
import { Spark } from "../parts/Spark";
import { Judgement, judgement, Value } from "../parts/Value";
import { Wheel } from "../parts/Wheel";
import { Cells, pathOf } from "./Cells";
import { EditionOf, Since, useEditions } from "./Since";

const marks: Record<string, string> = { complete: "✓", nothing: "✓", filling: "◔", missing: "✗", not_connected: "–", partly: "◑" };

/** base: the page whose period it changes. */
export function Switch({ s, base = "/bild" }: { s: Summary; base?: string }) {
	const { t, language } = useApp();
	const address = useAddress();
	const to = (period: string) => withQuery(address, {}, `${base}/${period}`);
	const last = addMonths(s.first, s.months - 1);
	const kinds: [string, string, boolean][] = [
		[t.month, last, s.months === 1],
		[t.tertial, asTertial(last), s.months === 4],
		[t.year, last.slice(0, 4), s.months === 12],
	];
	return (
		<nav class="switch" aria-label={t.month}>
			<a href={to(s.previous)} rel="prev">
				◄ <span>{s.months === 1 ? monthName(s.previous, language, false) : t.previous}</span>
			</a>
			<span class="kinds">
				{kinds.map(([name, period, here]) => (
					<a href={to(period)} aria-current={here ? "true" : undefined}>
						{name}
					</a>
				))}
				<SinceMeeting s={s} to={to} />
			</span>
			{s.next ? (
				<a href={to(s.next)} rel="next">
					<span>{s.months === 1 ? monthName(s.next, language, false) : t.next}</span> ►
				</a>
			) : (
				<span />
			)}
		</nav>
	);
}

interface Meeting {
	id: number;
	grp: string;
	day: string;
	state: string;
	span: string | null;
}

/** The period that the next meeting looks at: the whole months since the one before it. */
function SinceMeeting({ s, to }: { s: Summary; to: (period: string) => string }) {
	const { t, language, session } = useApp();
	const { value } = useLoaded<{ rows: Meeting[] }>("/api/v1/meetings");
	const mine = value?.rows.filter((m) => m.state !== "cancelled" && (!session.groups?.length || session.groups.includes(m.grp))) ?? [];
	const next = mine.find((m) => m.day >= s.today && m.span) ?? [...mine].reverse().find((m) => m.span);
	if (!next?.span) return null;
	const before = [...mine].reverse().find((m) => m.grp === next.grp && m.day < next.day);
	const [, month, day] = (before ?? next).day.split("-").map(Number);
	return (
		<a href={to(encodeURIComponent(next.span))} aria-current={s.period === next.span ? "true" : undefined} title={periodName(next.span, language)}>
			{before ? `${words[language].sinceMeeting} ${day}/${month}` : t.toMeeting}
		</a>
	);
}

function VerdictBlock({ s }: { s: Summary }) {
	const { t, language } = useApp();
	const address = useAddress();
	const verdicts = s.verdicts.filter((v) => v.area !== s.area.code);
	return (
		<section class="verdicts" aria-labelledby="verdict">
			<h2 id="verdict">{s.tested ? compared(s, language) : notCompared(s, language)}</h2>
			{!s.complete && (
				<p class="quiet">
					{t.laterCompared} <a href="/">{t.toLatest}</a>
				</p>
			)}
			<ul>
				{verdicts.map((v) => (
					<li class={v.verdict}>
						<strong>
							<span aria-hidden="true">{v.verdict === "increase" ? "▲" : "▼"} </span>
							{language === "sv" ? v.sv : v.en}
							{v.area ? `, ${areaName(s, v.area, language)}` : ""}
						</strong>{" "}
						<span class="fig">{v.n}</span> ({t.lastYear} {v.last_year}, {shortOf(v, language)}) {t[v.verdict]}{" "}
						<a href={withQuery(address, { rad: `${v.category}.${v.source}`, omrade: v.area ?? "" })}>→ {t.show}</a>
					</li>
				))}
			</ul>
			{s.sources.some((x) => !x.connected_last_year && x.state !== "not_connected") && (
				<p class="quiet">
					{s.sources
						.filter((x) => !x.connected_last_year && x.state !== "not_connected")
						.map((x) => (language === "sv" ? x.sv : x.en))
						.join(", ")}
					: {t.new}.
				</p>
			)}
		</section>
	);
}

export function Delivered({ s }: { s: Summary }) {
	const { t, language } = useApp();
	const lacking = s.sources.filter((x) => x.state === "missing" || x.state === "not_connected");
	const unitsOf = (u: { active: number; of: number }) => `${u.active}/${u.of} ${t.units}`;
	return (
		<section class="delivered" aria-label={t.delivered}>
			<strong>{t.delivered}:</strong>
			<ul>
				{s.sources
					.filter((x) => x.state !== "not_connected")
					.map((x) => (
						<li class={x.state} title={language === "sv" ? x.sv : x.en}>
							{shortOf(x, language)} <span aria-hidden="true">{marks[x.state]}</span>
							<span class={x.state === "complete" ? "aloud" : ""}> {t[x.state]}</span>
							{x.units && " "}
							{x.units && (s.edition ? unitsOf(x.units) : <a href={`/kvalitet?period=${encodeURIComponent(s.period)}#${x.source}`}>{unitsOf(x.units)}</a>)}
						</li>
					))}
			</ul>
			<span class="lacking">
				{t.missing}: {lacking.length ? lacking.map((x) => shortOf(x, language)).join(", ") : t.nobody}
			</span>
		</section>
	);
}

/** plain: without links to the cells behind, which are live. judged: with the verdicts. */
export function Table({ s, rows, caption, plain = false, judged = true }: { s: Summary; rows: Row[]; caption: string; plain?: boolean; judged?: boolean }) {
	const { t, language } = useApp();
	const address = useAddress();
	const short = new Map(s.sources.map((x) => [x.source, shortOf(x, language)]));
	return (
		<div class="scroll" tabIndex={0} role="group" aria-label={caption}>
			<table class="rows judged">
				<caption>{caption}</caption>
				<thead>
					<tr>
						<th scope="col">{t.category}</th>
						<th scope="col">{t.source}</th>
						<th scope="col" class="number">
							{s.months === 1 ? monthName(s.first, language, false) : t.now}
						</th>
						<th scope="col" class="number">
							{t.lastYear}
						</th>
						<th scope="col" class="number">
							{t.change}
						</th>
						<th scope="col" class="number">
							{t.twelve}
						</th>
						<th scope="col">{t.trend}</th>
						{judged && <th scope="col">{t.verdict}</th>}
					</tr>
				</thead>
				<tbody>
					{rows.map((r) => (
						<tr id={`rad-${r.category}-${r.source}`} data-category={r.category} data-source={r.source} class={r.holds ? "holds" : ""}>
							<th scope="row">
								{plain ? r[language] : <a href={withQuery(address, { rad: keyOf(r) })}>{r[language]}</a>}
								<span class="of"> {short.get(r.source)}</span>
							</th>
							<td>{short.get(r.source)}</td>
							<td class="number now">
								<Value f={r.n} />
							</td>
							<td class="number">
								<Value f={r.last_year} />
							</td>
							<td class="number">{signed(r.change, language)}</td>
							<td class="number">
								<Value f={r.r12} />
							</td>
							<td>
								<Spark series={r.series} first={s.series_first} mark={s.months > 4 ? Infinity : 36} />
							</td>
							{judged && (
								<td>
									<Judgement verdict={r.verdict} holds={r.holds} few={r.est && !isTested(r)} />
								</td>
							)}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

/** The areas of one row, the largest first. plain: without links to what is live. */
function AreaTable({ s, rows, plain = false }: { s: Summary; rows: AreaRow[]; plain?: boolean }) {
	const { t, language } = useApp();
	const address = useAddress();
	const chosen = address.query.get("omrade") ?? "";
	// An area's own page shows the whole of it: what stands here without its parts leads to its months.
	const to = (a: AreaRow) => withQuery(address, apart(s, a.area) ? { rad: `${a.category}.${a.source}`, omrade: a.area } : { kommun: a.area, omrade: "" });
	return (
		<table class="rows small">
			<thead>
				<tr>
					<th scope="col">{t.area}</th>
					<th scope="col" class="number">
						{t.now}
					</th>
					<th scope="col" class="number">
						{t.lastYear}
					</th>
					<th scope="col" class="number">
						{t.twelve}
					</th>
				</tr>
			</thead>
			<tbody>
				{rows.map((a) => (
					<tr class={a.area === chosen ? "chosen" : ""} data-area={a.area}>
						<th scope="row">{plain ? areaName(s, a.area, language) : <a href={to(a)}>{areaName(s, a.area, language)}</a>}</th>
						<td class="number">
							<Value f={a.n} />
						</td>
						<td class="number">
							<Value f={a.last_year} />
						</td>
						<td class="number">
							<Value f={a.r12} />
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

function useAreas(s: Summary, row: Row | undefined) {
	return useMemo(() => {
		const rows = s.areas.filter((a) => row && a.category === row.category && a.source === row.source).sort((a, b) => (b.n.n ?? 0) - (a.n.n ?? 0) || (b.r12.n ?? 0) - (a.r12.n ?? 0));
		const source = s.sources.find((x) => x.source === row?.source);
		return { rows, values: new Map(Object.keys(s.names).map((code) => [code, areaFigure(rows.find((a) => a.area === code), source)])) };
	}, [s, row]);
}

/** Map and areas of a row, in a document. */
export function Areas({ s, row }: { s: Summary; row: Row | undefined }) {
	const { t, language } = useApp();
	const { rows, values } = useAreas(s, row);
	if (!row || s.areas.every((a) => a.area === s.area.code)) return null;
	return (
		<section class="areas" aria-labelledby="areas">
			<h2 id="areas">
				{t.areas}: {row[language]}, {shortName(s.sources, row.source, language)}
			</h2>
			<div class="pair">
				<AreaMap area={s.area.code} names={areaNames(s, language)} values={values} />
				<AreaTable s={s} rows={rows} plain />
			</div>
		</section>
	);
}

/** The same beside the live table: what is chosen there, or here, is what the map shows. */
function AreaPanel({ s, row }: { s: Summary; row: Row | undefined }) {
	const { t, language } = useApp();
	const address = useAddress();
	const { rows, values } = useAreas(s, row);
	if (!row || s.areas.every((a) => a.area === s.area.code)) return null;
	return (
		<section class="areas" aria-labelledby="areas">
			<div class="title">
				<h2 id="areas">{t.areas}</h2>
				<select aria-label={t.category} value={keyOf(row)} onChange={(e) => go(withQuery(address, { rad: e.currentTarget.value }), true)}>
					{s.rows.map((r) => (
						<option value={keyOf(r)}>
							{r[language]}, {shortName(s.sources, r.source, language)}
						</option>
					))}
				</select>
				<Csv
					of={t.areas}
					name={`${s.period} ${t.areas} ${row[language]} ${row.source}`}
					head={[t.area, t.now, t.lastYear, t.twelve]}
					rows={() => rows.map((a) => [areaName(s, a.area, language), ...[a.n, a.last_year, a.r12].map((f) => plainly(f))])}
				/>
			</div>
			<AreaMap area={s.area.code} names={areaNames(s, language)} values={values} chosen={address.query.get("omrade") ?? ""} choose={(code) => go(withQuery(address, { omrade: code }), true)} />
			<Levels names={s.names} />
			<AreaTable s={s} rows={rows.slice(0, FIRST_AREAS)} />
			{rows.length > FIRST_AREAS && (
				<details class="other">
					<summary>
						{t.moreAreas} ({rows.length - FIRST_AREAS})
					</summary>
					<AreaTable s={s} rows={rows.slice(FIRST_AREAS)} />
				</details>
			)}
			<BestTimes s={s} />
		</section>
	);
}

/** Hours of what EST follows, in the sources' order; what is never known by the hour is left out. */
const hoursOf = (s: Summary) =>
	s.sources.flatMap((source) => s.hours.filter((h) => h.source === source.source && h.est && h.n12.some((n) => n > 0)).map((h) => ({ source, h })));

function BestTimes({ s }: { s: Summary }) {
	const { t, language } = useApp();
	const times = hoursOf(s).flatMap(({ source, h }) => {
		const most = busiest(h.n12, language);
		return most ? [`${shortOf(source, language)} ${most}`] : [];
	});
	if (!times.length) return null;
	return (
		<p class="times">
			<a href="#when">{t.bestTime}</a>: {times.join(" · ")}
		</p>
	);
}

export function When({ s }: { s: Summary }) {
	const { t, language } = useApp();
	const hours = hoursOf(s);
	if (!hours.length) return null;
	const largest = hours.reduce((a, b) => (sum(b.h.n12) > sum(a.h.n12) ? b : a));
	return (
		<section aria-labelledby="when">
			<div class="title">
				<h2 id="when">{t.best}</h2>
				<Csv
					of={t.best}
					name={`${s.period} ${s.area.name} ${t.best}`}
					head={[t.source, t.weekday, t.hour, t.now, t.twelve]}
					rows={() => hours.flatMap(({ source, h }) => h.n12.map((n, i) => [source[language], dayName(i, language), i % 24, h.n[i], n]))}
				/>
			</div>
			<p class="quiet">{t.bestLead}</p>
			{hours.map(({ source, h }) => {
				const most = busiest(h.n12, language);
				return (
					<details open={source === largest.source}>
						<summary>
							{source[language]}
							{most && ` – ${t.bestTime.toLowerCase()} ${most}`}
						</summary>
						<Timed of={timed(s.rows, h)} />
						<Heat cells={h.n12} caption={`${t.best}: ${source[language]}`} />
					</details>
				);
			})}
		</section>
	);
}

export function Places({ s }: { s: Summary }) {
	const { t, language } = useApp();
	const places = s.places.filter((p) => p.est && p.n > 0).slice(0, 12);
	const nameOf = (p: Place) => s.rows.find((r) => r.category === p.category)?.[language] ?? p.sv;
	return (
		<section aria-labelledby="places">
			<div class="title">
				<h2 id="places">{t.places}</h2>
				{places.length > 0 && (
					<Csv
						of={t.places}
						name={`${s.period} ${s.area.name} ${t.places}`}
						head={[t.place, t.category, t.source, t.now, t.twelve]}
						rows={() => s.places.filter((p) => p.est).map((p) => [p.place, nameOf(p), shortOf(p, language), p.n, p.n12])}
					/>
				)}
			</div>
			{places.length === 0 ? (
				<p class="quiet">{t.noData}</p>
			) : (
				<div class="scroll" tabIndex={0} role="group" aria-label={t.places}>
				<table class="rows small places">
					<thead>
						<tr>
							<th scope="col">{t.place}</th>
							<th scope="col">{t.category}</th>
							<th scope="col">{t.source}</th>
							<th scope="col" class="number">
								{t.now}
							</th>
							<th scope="col" class="number">
								{t.twelve}
							</th>
						</tr>
					</thead>
					<tbody>
						{places.map((p) => (
							<tr>
								<th scope="row">{p.place}</th>
								<td>
									{nameOf(p)}
									<span class="of"> {shortOf(p, language)}</span>
								</td>
								<td>{shortOf(p, language)}</td>
								<td class="number"><Value f={{ n: p.n }} /></td>
								<td class="number"><Value f={{ n: p.n12 }} /></td>
							</tr>
						))}
					</tbody>
				</table>
				</div>
			)}
		</section>
	);
}

const sum = (all: number[]) => all.reduce((a, b) => a + b, 0);
const keyOf = (r: Row) => `${r.category}.${r.source}`;
/** How many rows and areas stand there before one asks for the rest: so that table and map are seen at once. */
const FIRST_ROWS = 16;
const FIRST_AREAS = 5;

/** Of what EST follows, what there is something to say about. */
export const isBusy = (r: Row) => r.est && (r.holds || !!r.n.s || (r.n.n ?? 0) > 0 || (r.last_year.n ?? 0) > 1);

export function Picture({ period }: { period: string }) {
	const app = useApp();
	const { t, language, version, session } = app;
	const address = useAddress();
	const area = address.query.get("kommun") ?? "";
	const chosen = address.query.get("rad") ?? "";
	const path = `/api/v1/summary/${encodeURIComponent(period)}${area ? `?area=${encodeURIComponent(area)}` : ""}`;
	// The open row's months are asked for by what the summary says, and shown with one of the same version.
	const [behind, setBehind] = useState<{ of: string; area: string; path: string } | null>(null);
	const { values, problem } = useTogether(behind?.of === path ? [path, behind.path] : [path], version);
	const s = values[path] as Summary | undefined;
	const place = address.query.get("omrade") ?? "";
	const editions = useEditions();
	useEffect(() => setBehind(s && s.rows.some((r) => keyOf(r) === chosen) ? { of: path, ...pathOf(s, chosen, place) } : null), [s, path, chosen, place]);

	useEffect(() => {
		if (!s) return;
		document.title = `${s.area.name} · ${periodName(s.period, language)} – ${t.title}`;
		const to = location.hash && document.getElementById(location.hash.slice(1));
		if (to) to.scrollIntoView({ block: "center" });
	}, [s?.period, s?.area.code, language]);
	useEffect(() => {
		if (s && !location.hash) returned();
	}, [s, address]);

	if (!s)
		return (
			<main id="main">
				<p class="note" role="status">
					{problem ? (problem.status === 0 || problem.status >= 500 ? t.away : problem.title) : t.loading}
				</p>
			</main>
		);
	// A source that is none is all of them.
	const wanted = s.sources.find((x) => x.source === address.query.get("kalla") && x.state !== "not_connected")?.source ?? "";
	const rows = s.rows.filter((r) => !wanted || r.source === wanted);
	const placed = new Set(s.areas.filter((a) => a.area !== s.area.code && (a.n.n ?? 0) > 0).map((a) => `${a.category}.${a.source}`));
	// What opens by itself: a change that holds, else what happens most, if it can be pointed at on a map.
	const open = rows.find((r) => keyOf(r) === chosen);
	const row = open ?? rows.find((r) => r.holds && placed.has(keyOf(r))) ?? rows.find((r) => r.est && placed.has(keyOf(r))) ?? rows[0];
	const busy = rows.filter(isBusy);
	const first = busy.filter((r, i) => i < FIRST_ROWS || r.holds || r === open);
	const folded: [string, Row[]][] = [
		[t.more, busy.filter((r) => !first.includes(r))],
		[t.still, rows.filter((r) => r.est && !busy.includes(r))],
		[t.other, rows.filter((r) => !r.est)],
	];
	return (
		<AppContext.Provider value={comparing(app, s.months)}>
		<main id="main">
			<div class="head">
				<h1>
					{s.area.kind === "area" && (
						<>
							<a href={withQuery(address, { kommun: "", omrade: "" })} title={t.wholeMunicipality} aria-label={t.wholeMunicipality}>
								◄
							</a>{" "}
						</>
					)}
					{s.area.name} · {periodName(s.period, language)}
					{!s.complete && <span class="preliminary"> ({t.preliminary})</span>}
				</h1>
				<Switch s={s} />
				<EditionOf s={s} editions={editions} />
				{session.roles?.includes("coordinator") && <DraftButton period={s.period} area={s.area.code} />}
			</div>
			<VerdictBlock s={s} />
			<Delivered s={s} />
			<div class="beside">
				<div>
					<section aria-labelledby="rows">
						<div class="title">
							<h2 id="rows">{t.byCategory}</h2>
							<label>
								{t.source}{" "}
								<select value={wanted} onChange={(e) => go(withQuery(address, { kalla: e.currentTarget.value }), true)}>
									<option value="">{t.all}</option>
									{s.sources
										.filter((x) => x.state !== "not_connected")
										.map((x) => (
											<option value={x.source}>{x[language]}</option>
										))}
								</select>
							</label>
							{rows.length > 0 && (
								<Csv
									of={t.byCategory}
									name={`${s.period} ${s.area.name} ${t.byCategory}`}
									head={[t.category, t.source, s.months === 1 ? monthName(s.first, language) : t.now, comparing(app, s.months).t.lastYear, t.twelve, t.verdict]}
									rows={() => rows.map((r) => [r[language], shortName(s.sources, r.source, language), ...[r.n, r.last_year, r.r12].map((f) => plainly(f)), judgement(t, r.verdict, r.holds, r.est && !isTested(r))])}
								/>
							)}
							<button type="button" class="screen" onClick={() => window.print()}>
								{t.print}
							</button>
						</div>
						{rows.length === 0 && <p>{t.noRows}</p>}
						{first.length > 0 && <Table s={s} rows={first} caption={t.scope} />}
						{folded.map(
							([title, folded]) =>
								folded.length > 0 && (
									<details class="other">
										<summary>
											{title} ({folded.length})
										</summary>
										<Table s={s} rows={folded} caption={title} />
									</details>
								),
						)}
					</section>
					{open && <Cells s={s} row={open} {...pathOf(s, chosen, place)} months={(values[pathOf(s, chosen, place).path] as { rows: Cell[] } | undefined)?.rows} close={() => go(withQuery(address, { rad: "" }), true)} />}
					{rows.length > 0 && <Movers s={s} rows={rows} />}
				</div>
				<div>
					<AreaPanel s={s} row={row} />
					<MeasuresBlock />
				</div>
			</div>
			{row && (
				<>
					<div class="pair">
						<When s={s} />
						<section aria-labelledby="season">
							<h2 id="season">{t.season}</h2>
							<p class="quiet">
								{row[language]}, {shortName(s.sources, row.source, language)}. {t.seasonLead}
							</p>
							<Wheel row={row} first={s.series_first} />
						</section>
					</div>
					<Places s={s} />
				</>
			)}
			<Since s={s} editions={editions} />
			<section aria-labelledby="written">
				<h2 id="written">{words[language].write}</h2>
				<Texts period={s.period} area={s.area.code} sections={kindOf(s) === "law" ? [SECTIONS[0], ...LAW] : SECTIONS} open={1} />
			</section>
			<Events from={`${addMonths(s.first, s.months)}-01`} />
			<section class="how" aria-labelledby="how">
				<h2 id="how">{t.how}</h2>
				<p>{t.howText}</p>
				<p>{t.pressNote}</p>
			</section>
		</main>
		</AppContext.Provider>
	);
}
