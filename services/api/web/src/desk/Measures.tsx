// All measures: as a board by state, as a list, or as the sheet of one actor. The address is the filter.
import { useEffect } from "preact/hooks";
import { go, useAddress, useApp, useLoaded, withQuery, type Address } from "../app";
import { dayName, daysName } from "../figure";
import { counts, inOrder, kept, STATES, today, type Filter, type Measure, type Rows } from "./data";
import { useWords, Waiting } from "./fields";
import { Late, useNames, type Names } from "./parts";
import { exported } from "./table";

export function Measures() {
	const { t, session, language } = useApp();
	const w = useWords();
	const address = useAddress();
	const names = useNames();
	const { value, problem } = useLoaded<Rows<Measure>>("/api/v1/measures");
	const q = (name: string) => address.query.get(name) ?? "";
	const filter: Filter = { actor: q("aktor"), area: q("omrade"), state: q("lage") };
	const view = q("visa") || (filter.actor ? "blad" : "tavla");
	const title = view === "blad" && filter.actor ? `${names.actor(filter.actor)}: ${w.sheetOf}` : w.measures;
	useEffect(() => void (document.title = `${title} – ${t.title}`), [title]);
	if (!value || !names.ready)
		return (
			<main id="main">
				<Waiting problem={problem} />
			</main>
		);
	const rows = inOrder(kept(value.rows, filter), today());
	const coordinator = session.roles?.includes("coordinator") ?? false;
	return (
		<main id="main" class="desk">
			<div class="head">
				<h1>{title}</h1>
				<Views address={address} view={view} actor={filter.actor} />
			</div>
			<p class="screen row">
				{coordinator && (
					<a class="button main" href="/atgarder/ny">
						{w.newMeasure}
					</a>
				)}
				{coordinator && <a href="/atgarder/importera">{w.importMeasures}</a>}
				{rows.length > 0 && (
					<button type="button" onClick={() => download(exported(rows, language, { owner: names.actor, area: names.area, category: names.category }), "atgarder.csv")}>
						{w.exportMeasures}
					</button>
				)}
				{session.roles?.includes("actor") && session.actor && <a href={`/atgarder?aktor=${session.actor}`}>{`${names.actor(session.actor)}: ${w.sheetOf}`}</a>}
			</p>
			<Choices address={address} filter={filter} names={names} view={view} />
			<Tally rows={rows} />
			{rows.length === 0 && (
				<p>
					{value.rows.length ? w.noneMatch : w.noMeasures} {value.rows.length > 0 && <a href="/atgarder">{w.clearFilter}</a>}
				</p>
			)}
			{view === "blad" ? <ActorSheet rows={rows} names={names} /> : view === "lista" ? <List rows={rows} names={names} /> : <Board rows={rows} names={names} />}
		</main>
	);
}

/** What is shown, as a file. */
function download(text: string, name: string): void {
	const a = document.createElement("a");
	a.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
	a.download = name;
	a.click();
	setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}

function Views({ address, view, actor }: { address: Address; view: string; actor: string }) {
	const { t } = useApp();
	const w = useWords();
	const link = (to: string, text: string) => (
		<a href={withQuery(address, { visa: to })} aria-current={view === to ? "true" : undefined}>
			{text}
		</a>
	);
	return (
		<nav class="switch" aria-label={w.view}>
			<span class="kinds">
				{link("tavla", w.board)}
				{link("lista", w.list)}
				{actor && link("blad", w.toSheet)}
			</span>
			<button type="button" class="screen" onClick={() => window.print()}>
				{t.print}
			</button>
		</nav>
	);
}

function Choices({ address, filter, names, view }: { address: Address; filter: Filter; names: Names; view: string }) {
	const w = useWords();
	const choose = (name: string) => (e: Event) => go(withQuery(address, { [name]: (e.target as HTMLSelectElement).value, visa: view }), true);
	const select = (name: string, label: string, value: string, options: [string, string][]) => (
		<label>
			{label}{" "}
			<select name={name} value={value} onChange={choose(name)}>
				<option value="">{w.all}</option>
				{options.map(([code, text]) => (
					<option value={code}>{text}</option>
				))}
			</select>
		</label>
	);
	return (
		<p class="row screen choices">
			{select("aktor", w.owner, filter.actor, names.actors)}
			{select("omrade", w.area, filter.area, names.areas)}
			{select("lage", w.state, filter.state, [["overdue", w.overdueOnes], ...STATES.map((s): [string, string] => [s, w.columns[s]])])}
		</p>
	);
}

/** "2 försenade · 3 pågår · 1 att följa upp" */
export function Tally({ rows }: { rows: Measure[] }) {
	const w = useWords();
	const n = counts(rows);
	return (
		<p class="tally">
			<strong class={n.overdue ? "late" : ""}>
				{n.overdue} {n.overdue === 1 ? w.overdue : w.overdueMany}
			</strong>{" "}
			· {n.ongoing} {w.ongoingMany} · {n.following} {w.followMany}
		</p>
	);
}

function Board({ rows, names }: { rows: Measure[]; names: Names }) {
	const { language } = useApp();
	const w = useWords();
	return (
		<div class="board">
			{STATES.filter((s) => s !== "dropped" || rows.some((m) => m.state === s)).map((state) => {
				const here = rows.filter((m) => m.state === state);
				return (
					<section aria-labelledby={`c-${state}`} data-state={state}>
						<h2 id={`c-${state}`}>
							{w.columns[state]} ({here.length})
						</h2>
						<ul class="plain">
							{here.map((m) => (
								<li class={m.overdue ? "card is-late" : "card"}>
									<a href={`/atgarder/${m.id}`}>{m.title}</a>
									<span class="quiet">
										{names.actor(m.owner)}
										{m.area && `, ${names.area(m.area)}`}
									</span>
									{dated(m) && (
										<span class="quiet">
											{m.state === "done" || !m.ends ? w.follow_up : w.ends}: {dayName(dated(m), language)}
										</span>
									)}
									<Late m={m} />
								</li>
							))}
						</ul>
					</section>
				);
			})}
		</div>
	);
}

/** The day that is next: of its end, or of its follow-up. */
const dated = (m: Measure) => (["followed-up", "dropped"].includes(m.state) ? null : m.state === "done" || !m.ends ? m.follow_up : m.ends);

function List({ rows, names }: { rows: Measure[]; names: Names }) {
	const { language } = useApp();
	const w = useWords();
	if (!rows.length) return null;
	return (
		<div class="scroll" tabIndex={0} role="group" aria-label={w.measures}>
			<table class="rows small measures stacked" role="table">
				<thead>
					<tr>
						{[w.measure, w.owner, w.area, w.state, w.ends, w.follow_up].map((h) => (
							<th scope="col">{h}</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map((m) => (
						<tr role="row" data-measure={m.id} class={m.overdue ? "is-late" : ""}>
							<th scope="row" role="rowheader">
								<a href={`/atgarder/${m.id}`}>{m.title}</a>
							</th>
							<td role="cell">{names.actor(m.owner)}</td>
							<td role="cell">{names.area(m.area)}</td>
							<td role="cell">
								{w.states[m.state]} <Late m={m} />
							</td>
							<td role="cell" data-name={`${w.ends}:`}>{dayName(m.ends, language)}</td>
							<td role="cell" data-name={`${w.follow_up}:`}>{dayName(m.follow_up, language)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

/** What one actor answers for, whole, on a page that can be printed and put on the table. */
function ActorSheet({ rows, names }: { rows: Measure[]; names: Names }) {
	const { language } = useApp();
	const w = useWords();
	const closed = rows.filter((m) => m.state === "followed-up" || m.state === "dropped");
	const open = rows.filter((m) => !closed.includes(m));
	const line = (label: string, text: string | null) =>
		text ? (
			<>
				<dt>{label}</dt>
				<dd>{text}</dd>
			</>
		) : null;
	return (
		<div class="actor-sheet">
			<p class="quiet">{w.sheetLead}</p>
			{open.length === 0 && <p>{w.sheetNone}</p>}
			{open.map((m) => (
				<section aria-labelledby={`m-${m.id}`} class={m.overdue ? "is-late" : ""}>
					<div class="named">
						<h2 id={`m-${m.id}`}>
							<a href={`/atgarder/${m.id}`}>{m.title}</a>
						</h2>
						<Late m={m} />
						<span class="badge">{w.states[m.state]}</span>
					</div>
					<dl>
						{line(w.problem, m.problem)}
						{line(w.cause, m.cause)}
						{line(w.place, [names.area(m.area), m.place].filter(Boolean).join(", "))}
						{line(w.time, daysName(m.starts, m.ends, language))}
						{line(w.expected, m.expected)}
						{line(w.follow_up, dayName(m.follow_up, language))}
						{line(w.notes, m.notes)}
					</dl>
				</section>
			))}
			{closed.length > 0 && (
				<section aria-labelledby="closed">
					<h2 id="closed">{w.sheetClosed}</h2>
					<ul class="plain">
						{closed.map((m) => (
							<li>
								<a href={`/atgarder/${m.id}`}>{m.title}</a> <span class="badge">{w.states[m.state]}</span>
								{m.result && <p class="quiet">{m.result}</p>}
							</li>
						))}
					</ul>
				</section>
			)}
		</div>
	);
}
