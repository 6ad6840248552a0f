import type { ComponentChildren } from "preact";
import type { AreaRow, Row, Source, Summary } from "../api";
import { AppContext, comparing, useApp, useLoaded } from "../app";
import { areaName, dayName, daysName, monthName, periodName, shortName, signed } from "../figure";
import { Areas, Delivered, isBusy, Places, Table } from "../pages/Picture";
import { AreaTable } from "../parts/AreaTable";
import { Heat, Timed } from "../parts/Heat";
import { busiest, timed } from "../parts/hours";
import { Wheel } from "../parts/Wheel";
import { CHECKLIST, LAW, SECTIONS, type Measure, type Planned, type Words } from "./data";
import { heading, Paragraphs, Texts } from "./Texts";
import { words as texts } from "./text";
import { bySource, inOrder, inWords, kindOf, late, withoutVerdict } from "./words";

/** Texts of a draft are written through these; without it they are frozen. */
export interface Writing {
	period: string;
	saved: () => void;
}

/** What a picture says in plain words; in the public one after the text for all, which may stand on more than the notices. */
function InWords({ s, text }: { s: Summary; text?: string }) {
	const { language } = useApp();
	const lines = (text === undefined || s.tested ? inWords : withoutVerdict)(s, language);
	if (!text && !lines.length) return null;
	return (
		<section class="verdicts" aria-labelledby="summary">
			<h2 id="summary">{texts[language].summary}</h2>
			{text && <Paragraphs text={text} />}
			{text !== undefined && lines.length > 0 && <p class="quiet">{texts[language].fromNotices}</p>}
			<ul>
				{lines.map((line) => (
					<li>{line}</li>
				))}
			</ul>
		</section>
	);
}

/** Areas and the largest categories of one source: this period, last year's in brackets. */
function Matrix({ s, source }: { s: Summary; source: Source }) {
	const { t, language } = useApp();
	const busy = s.rows.filter((r) => r.source === source.source && isBusy(r));
	const columns = busy.slice(0, 6);
	const found = new Map(s.areas.filter((a) => a.source === source.source).map((a) => [`${a.area} ${a.category}`, a]));
	const some = (a: AreaRow) => !!a.n.s || (a.n.n ?? 0) > 0 || (a.last_year.n ?? 0) > 1;
	const codes = [...new Set(s.areas.filter((a) => a.source === source.source && some(a) && columns.some((c) => c.category === a.category)).map((a) => a.area))];
	const name = (code: string) => areaName(s, code, language);
	if (codes.length < 2 || !columns.length) return null;
	codes.sort((a, b) => Number(a === s.area.code) - Number(b === s.area.code) || name(a).localeCompare(name(b), "sv"));
	return (
		<>
			<p class="quiet caption">
				{source[language]}: {texts[language].matrix}, {t.lastYear} {texts[language].inBrackets}
				{busy.length > columns.length && `. ${busy.length - columns.length} ${texts[language].moreCategories}`}
			</p>
			<AreaTable
				label={`${t.areas}: ${source[language]}`}
				caption={<caption class="aloud">{source[language]}</caption>}
				source={source}
				columns={columns}
				areas={codes}
				name={name}
				found={(area, category) => found.get(`${area} ${category}`)}
			/>
		</>
	);
}

/** "Kvarnparken, Centrum" */
const where = (m: Measure, s: Summary) => [m.place, m.area && (s.names[m.area]?.name ?? m.area)].filter(Boolean).join(", ");

/** A day is not broken between lines. */
const together = (days: string) => days.replace(/(?<!–) (?!–)/g, "\u00a0");

/** plan: what the law's plan of measures has to say of each; else what came of it. */
function MeasureTable({ rows, s, actors, plan, ended }: { rows: Measure[]; s: Summary; actors: Record<string, string>; plan: boolean; ended?: boolean }) {
	const { language } = useApp();
	const w = texts[language];
	if (!rows.length) return <p class="quiet">{w.noMeasures}</p>;
	const columns: [string, (m: Measure) => string | null][] = [
		...(plan ? ([[w.problem, (m) => m.problem], [w.cause, (m) => m.cause]] as [string, (m: Measure) => string | null][]) : []),
		[w.owner, (m) => actors[m.owner] ?? m.owner],
		[w.time, (m) => together(daysName(m.starts, m.ends, language))],
		...(plan && !ended ? ([[w.expected, (m) => m.expected]] as [string, (m: Measure) => string | null][]) : []),
		[w.state, (m) => w.measureStates[m.state]],
		[w.followUp, (m) => together(dayName(m.follow_up, language))],
		...(ended ? ([[w.result, (m) => m.result]] as [string, (m: Measure) => string | null][]) : []),
	];
	return (
		<div class="scroll" tabIndex={0} role="group" aria-label={ended ? w.effects : plan ? w.plan : w.measures}>
			<table class="rows small told-of stacked" role="table">
				<thead>
					<tr>
						<th scope="col">{w.measure}</th>
						{columns.map(([name]) => (
							<th scope="col">{name}</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map((m) => (
						<tr role="row">
							<th scope="row" role="rowheader">
								{m.title}
								{where(m, s) && <span class="quiet"> ({where(m, s)})</span>}
							</th>
							{columns.map(([name, of]) => (
								<td role="cell" data-name={`${name}:`}>{of(m)}</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

function Changed({ s, before }: { s: Summary; before: Words["before"] }) {
	const { language } = useApp();
	const w = texts[language];
	return (
		<section aria-labelledby="changed">
			<h2 id="changed">{w.changed}</h2>
			{!before && <p class="quiet">{w.changedFirst}</p>}
			{before && before.changes.length === 0 && <p class="quiet">{w.changedNone}</p>}
			{before && (
				<ul>
					{before.changes.map((c) => (
						<li>
							{monthName(c.month, language)}, {shortName(s.sources, c.source, language)}: {signed(c.delta, language)} {w.causes[c.cause] ?? c.cause}
						</li>
					))}
				</ul>
			)}
		</section>
	);
}

function Method({ s, words, writing }: { s: Summary; words: Words; writing?: Writing }) {
	const { t, language } = useApp();
	const w = texts[language];
	const named = (list: Source[]) => list.map((x, i) => (i ? x[language].charAt(0).toLowerCase() + x[language].slice(1) : x[language])).join(", ");
	const lacking = (x: Source) => x.state === "missing" || x.state === "not_connected";
	const sources = inOrder(s.sources);
	return (
		<section class="how" aria-labelledby="method">
			<h2 id="method">{w.method}</h2>
			{sources.some((x) => !lacking(x)) && (
				<p>
					<strong>{w.used}:</strong> {named(sources.filter((x) => !lacking(x)))}.
				</p>
			)}
			<p>
				{sources.some(lacking) ? (
					<>
						<strong>{w.left}:</strong> {named(sources.filter(lacking))}.
					</>
				) : (
					w.leftNone
				)}
			</p>
			<Written names={CHECKLIST} s={s} words={words} writing={writing} />
			<p>{t.howText}</p>
			<p>{t.pressNote}</p>
		</section>
	);
}

/** Sections that people wrote. all: what nobody has written is told too, for an outline has to be whole. */
function Written({ names, s, words, writing, open = 0, all = false }: { names: readonly string[]; s: Summary; words: Words; writing?: Writing; open?: number; all?: boolean }) {
	const { language } = useApp();
	const w = texts[language];
	if (writing)
		return (
			<>
				{all && names.every((n) => !words.sections[n]) && <p class="quiet paper">{w.nothingWritten}</p>}
				<Texts period={writing.period} area={s.area.code} sections={names} open={open} saved={writing.saved} />
			</>
		);
	return (
		<>
			{names
				.filter((n) => all || words.sections[n])
				.map((n) => (
					<div class={n === "public" ? "said screen" : "said"}>
						<h3>{heading(w, n)}</h3>
						{words.sections[n] ? <Paragraphs text={words.sections[n]} /> : <p class="quiet">{w.nothingWritten}</p>}
					</div>
				))}
		</>
	);
}

/** Weekday and hour of each source that has enough for a pattern. */
function Hours({ s }: { s: Summary }) {
	const { t, language } = useApp();
	const all = inOrder(s.sources).flatMap((x) => s.hours.filter((h) => h.est && h.source === x.source && h.n12.some((n) => n > 0)).map((h) => ({ x, h, cells: h.n12, most: busiest(h.n12, language) })));
	const few = all.filter((h) => !h.most).map((h) => h.x[language]);
	if (!all.length) return null;
	return (
		<section aria-labelledby="when">
			<h2 id="when">{t.best}</h2>
			<p class="quiet">{t.bestLead}</p>
			<div class="pair">
				{all
					.filter((h) => h.most)
					.map(({ x, h, cells, most }) => (
						<div class="hours">
							<h3>
								{x[language]}: {t.bestTime.toLowerCase()} {most}
							</h3>
							<Timed of={timed(s.rows, h)} />
							<Heat cells={cells} caption={`${t.best}: ${x[language]}`} />
						</div>
					))}
			</div>
			{few.length > 0 && (
				<p class="quiet">
					{texts[language].tooFew}: {few.join(", ")}.
				</p>
			)}
		</section>
	);
}

function Coming({ events }: { events: Planned[] }) {
	const { language } = useApp();
	const w = texts[language];
	return (
		<section aria-labelledby="coming">
			<h2 id="coming">{w.events}</h2>
			<p class="quiet">{w.eventsLead}</p>
			{events.length === 0 && <p class="quiet">{w.noEvents}</p>}
			<ul>
				{events.map((e) => (
					<li>
						<strong>{e.title}</strong>
						{e.place && `, ${e.place}`}: {daysName(e.starts, e.ends, language)}
					</li>
				))}
			</ul>
		</section>
	);
}

const MOST = 8;

/** Names of the actors: those that were frozen, which are Swedish; in English, today's. */
function useActors(frozen: Words["actors"]): Words["actors"] {
	const { language } = useApp();
	const { value } = useLoaded<{ rows: { code: string; en: string }[] }>(language === "en" ? "/api/v1/actors" : null);
	return value ? { ...frozen, ...Object.fromEntries(value.rows.map((a) => [a.code, a.en])) } : frozen;
}

/** What can be laid on the table: what the figures say, what people say of them, the levels, what is going on and what is coming. */
function FirstPage({ s, words, open, writing, actors, day }: { s: Summary; words: Words; open: Measure[]; writing?: Writing; actors: Words["actors"]; day: string }) {
	const { language } = useApp();
	const w = texts[language];
	const sections = kindOf(s) === "law" ? SECTIONS.filter((n) => n !== "police") : SECTIONS;
	return (
		<div class="first">
			<InWords s={s} />
			<Delivered s={s} />
			{(writing || sections.some((n) => words.sections[n])) && (
				<section aria-labelledby="written" class={sections.every((n) => n === "public" || !words.sections[n]) ? "screen" : ""}>
					<h2 id="written" class={writing ? "" : "aloud"}>
						{writing ? (
							<>
								<span class="screen">{w.write}</span>
								<span class="paper">{w.written}</span>
							</>
						) : (
							w.written
						)}
					</h2>
					<Written names={sections} s={s} words={words} writing={writing} open={1} />
				</section>
			)}
			<div class="pair">
				<div>
					{words.priorities.length > 0 && (
						<section aria-labelledby="levels">
							<h2 id="levels">{w.levelsTitle}</h2>
							<ul>
								{(["red", "yellow", "green"] as const).flatMap((level) =>
									words.priorities
										.filter((p) => p.level === level)
										.map((p) => (
											<li>
												<strong>{s.names[p.area]?.name ?? p.area}</strong>: <span class={`level ${p.level}`}>{w.levels[p.level]}</span> – {p.reason}
											</li>
										)),
								)}
							</ul>
						</section>
					)}
					<Coming events={words.events} />
				</div>
				<section aria-labelledby="going-on">
					<h2 id="going-on">{w.goingOn}</h2>
					{open.length === 0 && <p class="quiet">{w.noMeasures}</p>}
					<ul>
						{open.slice(0, MOST).map((m) => (
							<li>
								<strong>{m.title}</strong>: {actors[m.owner] ?? m.owner}, {w.measureStates[m.state]}
								{m.follow_up && `, ${w.followUp.toLowerCase()} ${dayName(m.follow_up, language)}`}
								{late(m, day) > 0 && `, ${w.late} ${late(m, day)} ${late(m, day) === 1 ? w.dayLate : w.daysLate}`}
							</li>
						))}
						{open.length > MOST && (
							<li>
								{open.length - MOST} {w.moreBelow}
							</li>
						)}
					</ul>
				</section>
			</div>
		</div>
	);
}

interface SheetProps {
	s: Summary;
	words: Words;
	writing?: Writing;
	/** When: what is approved counts its days to then. */
	approved: string | null;
}

/** The whole document below its heading: the page for the table, then what it stands on. The law's picture has the law's outline. */
export function Sheet(props: SheetProps) {
	return (
		<AppContext.Provider value={comparing(useApp(), props.s.months)}>
			<Parts {...props} />
		</AppContext.Provider>
	);
}

function Parts({ s, words, writing, approved }: SheetProps) {
	const { t, language } = useApp();
	const w = texts[language];
	const law = kindOf(s) === "law";
	const actors = useActors(words.actors);
	const busy = bySource(s, s.rows.filter(isBusy));
	const rest = bySource(s, s.rows.filter((r) => !r.est));
	const placed = new Set(s.areas.filter((a) => a.area !== s.area.code && (a.n.n ?? 0) > 0).map((a) => `${a.category}.${a.source}`));
	const at = (r: Row) => placed.has(`${r.category}.${r.source}`);
	const seen = s.rows.filter(isBusy);
	const row = seen.find((r) => r.holds && at(r)) ?? seen.find(at) ?? seen[0];
	const open = words.measures.filter((m) => m.state !== "followed-up" && m.state !== "dropped");
	const ended = words.measures.filter((m) => m.state === "followed-up");
	const part = (names: readonly string[], title: string, id: string, table?: ComponentChildren) => (
		<section aria-labelledby={id}>
			<h2 id={id}>{title}</h2>
			<Written names={names} s={s} words={words} writing={writing} open={1} all />
			{table}
		</section>
	);
	const followed = ended.length > 0 && <MeasureTable rows={ended} s={s} actors={actors} plan={law} ended />;
	return (
		<>
			<FirstPage s={s} words={words} open={open} writing={writing} actors={actors} day={approved && approved < s.today ? approved.slice(0, 10) : s.today} />
			<section aria-labelledby="extent">
				<h2 id="extent">{law ? w.extent : t.byCategory}</h2>
				<Table s={s} rows={busy} caption={t.scope} plain />
				{rest.length > 0 && <Table s={s} rows={rest} caption={t.other} plain />}
			</section>
			<Areas s={s} row={row} />
			<section aria-label={w.matrixTitle} class="matrices">
				{inOrder(s.sources).map((x) => (
					<Matrix s={s} source={x} />
				))}
			</section>
			<Hours s={s} />
			<div class="pair">
				{row && (
					<section aria-labelledby="season">
						<h2 id="season">{t.season}</h2>
						<p class="quiet">
							{row[language]}, {shortName(s.sources, row.source, language)}. {t.seasonLead}
						</p>
						<Wheel row={row} first={s.series_first} />
					</section>
				)}
				<Places s={s} />
			</div>
			{law ? (
				<>
					{part(LAW.slice(0, 1), w.consequencesTitle, "consequences")}
					{part(LAW.slice(1, 3), w.analysisTitle, "analysis")}
					{part(["effects"], w.followedTitle, "effects", followed)}
					{part(["needs"], w.needsTitle, "plan", <MeasureTable rows={open} s={s} actors={actors} plan />)}
				</>
			) : (
				<section aria-labelledby="plan">
					<h2 id="plan">{w.measures}</h2>
					<MeasureTable rows={open} s={s} actors={actors} plan={false} />
					{followed && (
						<>
							<h3>{w.followedTitle}</h3>
							{followed}
						</>
					)}
				</section>
			)}
			<Changed s={s} before={words.before} />
			<Method s={s} words={words} writing={writing} />
		</>
	);
}

/** For all: what is public already, and the text that is written for all. */
export function OpenSheet({ s, text }: { s: Summary; text: string }) {
	const { t, language } = useApp();
	const busy = s.rows.filter(isBusy);
	return (
		<>
			<InWords s={s} text={text} />
			<section aria-label={t.byCategory}>
				{busy.length > 0 && <Table s={s} rows={busy} caption={texts[language].openScope} plain judged={s.tested > 0} />}
				{s.rows.some((r) => !r.est) && <Table s={s} rows={s.rows.filter((r) => !r.est)} caption={t.other} plain judged={s.tested > 0} />}
			</section>
			<section class="how" aria-labelledby="how">
				<h2 id="how">{t.how}</h2>
				<p>{t.howText}</p>
				<p>{t.pressNote}</p>
			</section>
		</>
	);
}

export const titleOf = (s: Summary, language: "sv" | "en") => `${s.area.name} · ${periodName(s.period, language)}`;
