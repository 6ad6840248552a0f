import type { AreaRow, Figure, Row, Source, Summary } from "../api";
import { useApp } from "../app";
import { monthName, periodName, signed } from "../figure";
import { areaFigure } from "../judge";
import { Areas, Delivered, isBusy, Places, Table, When } from "../pages/Picture";
import { Value } from "../parts/Value";
import { Wheel } from "../parts/Wheel";
import { CHECKLIST, LAW, SECTIONS, type Measure, type Words } from "./data";
import { heading, Paragraphs, Texts } from "./Texts";
import { words as texts } from "./text";
import { inWords, kindOf } from "./words";

/** What a picture says in plain words; the coordinator's text stands beside. */
function InWords({ s, text }: { s: Summary; text?: string }) {
	const { language } = useApp();
	return (
		<section class="verdicts" aria-labelledby="summary">
			<h2 id="summary">{texts[language].summary}</h2>
			<ul>
				{inWords(s, language).map((line) => (
					<li>{line}</li>
				))}
			</ul>
			{text && <Paragraphs text={text} />}
		</section>
	);
}

/** Areas and the largest categories of one source: this period, last year's in brackets. */
function Matrix({ s, source }: { s: Summary; source: Source }) {
	const { t, language } = useApp();
	const columns = s.rows.filter((r) => r.source === source.source && isBusy(r)).slice(0, 6);
	const found = new Map(s.areas.filter((a) => a.source === source.source).map((a) => [`${a.area} ${a.category}`, a]));
	const some = (a: AreaRow) => !!a.n.s || (a.n.n ?? 0) > 0 || (a.last_year.n ?? 0) > 1;
	const codes = [...new Set(s.areas.filter((a) => a.source === source.source && some(a) && columns.some((c) => c.category === a.category)).map((a) => a.area))];
	const name = (code: string) => (code === s.area.code ? `${s.area.name}, ${t.unplaced}` : (s.names[code]?.name ?? code));
	if (codes.length < 2 || !columns.length) return null;
	const then: Figure = source.known_last_year ? { n: 0 } : { s: ".." };
	const cell = (a: AreaRow | undefined) => (
		<>
			<Value f={areaFigure(a, source)} />{" "}
			<span class="quiet">
				(<Value f={a ? a.last_year : then} />)
			</span>
		</>
	);
	return (
		<div class="scroll" tabIndex={0} role="group" aria-label={`${t.areas}: ${source[language]}`}>
		<table class="rows compare">
			<caption>
				{t.areas}: {source[language]} ({t.now}, {t.lastYear} ( ))
			</caption>
			<thead>
				<tr>
					<th scope="col">{t.area}</th>
					{columns.map((c) => (
						<th scope="col" class="number">
							{c[language]}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{codes
					.sort((a, b) => name(a).localeCompare(name(b), "sv"))
					.map((code) => (
						<tr>
							<th scope="row">{name(code)}</th>
							{columns.map((c) => (
								<td class="number">{cell(found.get(`${code} ${c.category}`))}</td>
							))}
						</tr>
					))}
			</tbody>
		</table>
		</div>
	);
}

export function MeasureTable({ rows, actors, plan }: { rows: Measure[]; actors: Record<string, string>; plan: boolean }) {
	const { language } = useApp();
	const w = texts[language];
	if (!rows.length) return <p class="quiet">{w.noMeasures}</p>;
	return (
		<div class="scroll" tabIndex={0} role="group" aria-label={plan ? w.plan : w.measures}>
		<table class="rows small">
			<thead>
				<tr>
					<th scope="col">{w.measure}</th>
					{plan && <th scope="col">{w.problem}</th>}
					{plan && <th scope="col">{w.cause}</th>}
					<th scope="col">{w.owner}</th>
					<th scope="col">{w.state}</th>
					<th scope="col">{w.time}</th>
					<th scope="col">{w.followUp}</th>
					<th scope="col">{w.result}</th>
				</tr>
			</thead>
			<tbody>
				{rows.map((m) => (
					<tr>
						<th scope="row">{m.title}</th>
						{plan && <td>{m.problem}</td>}
						{plan && <td>{m.cause}</td>}
						<td>{actors[m.owner] ?? m.owner}</td>
						<td>{w.measureStates[m.state]}</td>
						<td>{[m.starts, m.ends].filter(Boolean).join(" – ")}</td>
						<td>{m.follow_up}</td>
						<td>{m.result}</td>
					</tr>
				))}
			</tbody>
		</table>
		</div>
	);
}

function Changed({ before }: { before: Words["before"] }) {
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
							{monthName(c.month, language)}, {c.source}: {signed(c.delta, language)} {w.causes[c.cause] ?? c.cause}
						</li>
					))}
				</ul>
			)}
		</section>
	);
}

function Method({ s, words, write }: { s: Summary; words: Words; write?: string }) {
	const { t, language } = useApp();
	const w = texts[language];
	const named = (list: Source[]) => list.map((x) => x[language]).join(", ") || "–";
	const lacking = (x: Source) => x.state === "missing" || x.state === "not_connected";
	return (
		<section class="how" aria-labelledby="method">
			<h2 id="method">{w.method}</h2>
			<p>
				<strong>{w.used}:</strong> {named(s.sources.filter((x) => !lacking(x)))}.
			</p>
			<p>
				<strong>{w.left}:</strong> {named(s.sources.filter(lacking))}.
			</p>
			{write !== undefined ? <Texts period={write} area={s.area.code} sections={CHECKLIST} open={0} /> : <Said sections={words.sections} names={CHECKLIST} />}
			<p>{t.howText}</p>
			<p>{t.pressNote}</p>
		</section>
	);
}

const Said = ({ sections, names }: { sections: Record<string, string>; names: readonly string[] }) => {
	const { language } = useApp();
	return (
		<>
			{names
				.filter((n) => sections[n])
				.map((n) => (
					<div class="said">
						<h3>{heading(texts[language], n)}</h3>
						<Paragraphs text={sections[n]} />
					</div>
				))}
		</>
	);
};

/** The whole document below its heading. write: the period whose texts may still be written (a draft), else they are frozen. */
export function Sheet({ s, words, write }: { s: Summary; words: Words; write?: string }) {
	const { t, language } = useApp();
	const w = texts[language];
	const law = kindOf(s) === "law";
	const busy = s.rows.filter(isBusy);
	const rest = s.rows.filter((r: Row) => !r.est);
	const placed = new Set(s.areas.filter((a) => a.area !== s.area.code && (a.n.n ?? 0) > 0).map((a) => `${a.category}.${a.source}`));
	const row = busy.find((r) => r.holds && placed.has(`${r.category}.${r.source}`)) ?? busy.find((r) => placed.has(`${r.category}.${r.source}`)) ?? busy[0];
	const open = words.measures.filter((m) => m.state !== "followed-up" && m.state !== "dropped");
	const ended = words.measures.filter((m) => m.state === "followed-up");
	const section = (names: readonly string[], title: string, id: string) =>
		(write !== undefined || names.some((n) => words.sections[n])) && (
			<section aria-labelledby={id}>
				<h2 id={id}>{title}</h2>
				{write !== undefined ? <Texts period={write} area={s.area.code} sections={names} open={1} /> : <Said sections={words.sections} names={names} />}
			</section>
		);
	return (
		<>
			<InWords s={s} />
			<Delivered s={s} />
			{section(law ? SECTIONS.slice(0, 1) : SECTIONS, write === undefined ? w.written : w.write, "written")}
			<section aria-labelledby="extent">
				<h2 id="extent">{law ? w.extent : t.byCategory}</h2>
				<Table s={s} rows={busy} caption={t.scope} plain />
				{rest.length > 0 && <Table s={s} rows={rest} caption={t.other} plain />}
			</section>
			{law && section(LAW, w.analysis, "law")}
			<Areas s={s} row={row} />
			{words.priorities.length > 0 && (
				<section aria-labelledby="levels">
					<h2 id="levels">{w.levelsTitle}</h2>
					<ul>
						{words.priorities.map((p) => (
							<li>
								<strong>{s.names[p.area]?.name ?? p.area}</strong>: <span class={`level ${p.level}`}>{w.levels[p.level]}</span> – {p.reason}
							</li>
						))}
					</ul>
				</section>
			)}
			<section>
				{s.sources.map((x) => (
					<Matrix s={s} source={x} />
				))}
			</section>
			<div class="pair">
				<When s={s} />
				{row && (
					<section aria-labelledby="season">
						<h2 id="season">{t.season}</h2>
						<p class="quiet">
							{row[language]}, {s.sources.find((x) => x.source === row.source)?.short}. {t.seasonLead}
						</p>
						<Wheel row={row} first={s.series_first} />
					</section>
				)}
			</div>
			<Places s={s} />
			<section aria-labelledby="coming">
				<h2 id="coming">{w.events}</h2>
				<p class="quiet">{w.eventsLead}</p>
				{words.events.length === 0 && <p>{w.noEvents}</p>}
				<ul>
					{words.events.map((e) => (
						<li>
							<strong>{e.title}</strong>
							{e.place && `, ${e.place}`}: {e.starts}
							{e.ends !== e.starts && ` – ${e.ends}`}
						</li>
					))}
				</ul>
			</section>
			<section aria-labelledby="plan">
				<h2 id="plan">{law ? w.plan : w.measures}</h2>
				<MeasureTable rows={open} actors={words.actors} plan={law} />
				{ended.length > 0 && (
					<>
						<h3>{w.effects}</h3>
						<MeasureTable rows={ended} actors={words.actors} plan={false} />
					</>
				)}
			</section>
			<Changed before={words.before} />
			<Method s={s} words={words} write={write} />
		</>
	);
}

/** For all: what is public already, and the text that is written for all. */
export function OpenSheet({ s, text }: { s: Summary; text: string }) {
	const { t } = useApp();
	const busy = s.rows.filter(isBusy);
	return (
		<>
			<InWords s={s} text={text} />
			<section aria-label={t.byCategory}>
				{busy.length > 0 && <Table s={s} rows={busy} caption={t.scope} plain />}
				{s.rows.some((r) => !r.est) && <Table s={s} rows={s.rows.filter((r) => !r.est)} caption={t.other} plain />}
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
