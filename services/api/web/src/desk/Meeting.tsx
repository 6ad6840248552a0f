// One meeting: what it looks at, what was said and decided, and what is to be followed up.
import { useEffect, useState } from "preact/hooks";
import { go, useAddress, useApp, useLoaded } from "../app";
import { dayName, periodInText } from "../figure";
import { dueBy, inOrder, today, type Measure, type Meeting as Whole, type Rows } from "./data";
import { History, LinesField, Saver, SelectField, TextField, useWords, Waiting } from "./fields";
import { MeasureLine, neighbours, useNames, type Names } from "./parts";
import { useSheet } from "./sheet";

const AGENDA = {
	sv: ["Lägesbild", "Polisens lägesbild", "Uppföljning av åtgärder", "Nya åtgärder", "Kommande händelser"],
	en: ["Situation picture", "The police's picture", "Follow-up of measures", "New measures", "Coming events"],
};

export function Meeting({ id }: { id: string }) {
	const { language } = useApp();
	const address = useAddress();
	const fresh = id === "ny";
	const [turn, again] = useState(0);
	const { value, problem } = useLoaded<Whole>(fresh ? null : `/api/v1/meetings/${encodeURIComponent(id)}`, String(turn));
	if (!fresh && !value)
		return (
			<main id="main">
				<Waiting problem={problem} />
			</main>
		);
	const year = address.query.get("ar") ?? today().slice(0, 4);
	const blank = { id: 0, grp: "operational", day: year === today().slice(0, 4) ? today() : `${year}-01-01`, starts: "09:00", minutes_long: 60, place: null, state: "planned", version: 0 };
	const saved = value ?? ({ ...blank, agenda: AGENDA[language], participants: [], decisions: [], minutes: null, span: null, last_year: null } as Whole);
	return <Form key={id} m={saved} again={() => again((n) => n + 1)} />;
}

function Form({ m, again }: { m: Whole; again: () => void }) {
	const { t, language, session } = useApp();
	const w = useWords();
	const names = useNames();
	const fresh = m.version === 0;
	const s = useSheet<Whole>(`${session.account}.meeting.${m.id || "ny"}`, m, fresh ? "/api/v1/meetings" : `/api/v1/meetings/${m.id}`, again);
	const { value: all } = useLoaded<Rows<Whole>>("/api/v1/meetings");
	const { value: measures } = useLoaded<Rows<Measure>>(fresh ? null : "/api/v1/measures", String(m.version));
	const title = fresh ? w.newMeeting : `${w.groups[m.grp]}, ${dayName(m.day, language)}`;
	useEffect(() => void (document.title = `${title} – ${t.title}`), [title]);
	const may = session.roles?.includes("coordinator") ?? false;
	const [before, after] = neighbours(all?.rows ?? [], m);
	const save = async (event: SubmitEvent) => {
		event.preventDefault();
		const made = await s.save();
		if (fresh && made) go(`/moten/${made.id}`, true);
	};
	const states = (m.state === "planned" ? (["planned", "held", "cancelled"] as const) : (["held", "cancelled"] as const)).map((x): [string, string] => [x, w.meetingStates[x]]);
	const rows = inOrder(measures?.rows ?? [], today());
	const here = rows.filter((x) => x.meeting === m.id);
	const since = rows.filter((x) => before && x.meeting === before.id);
	const due = dueBy(rows, m.day).filter((x) => !here.includes(x) && !since.includes(x));
	const field = { s, may };
	return (
		<main id="main" class="desk">
			<nav class="switch" aria-label={w.meetings}>
				{before && (
					<a href={`/moten/${before.id}`} rel="prev" title={w.previousOne}>
						◄ {dayName(before.day, language)}
					</a>
				)}
				<a href={`/moten?ar=${m.day.slice(0, 4)}`}>{w.meetings}</a>
				{after && (
					<a href={`/moten/${after.id}`} rel="next" title={w.nextOne}>
						{dayName(after.day, language)} ►
					</a>
				)}
				<button type="button" class="screen" onClick={() => window.print()}>
					{t.print}
				</button>
			</nav>
			<div class="head">
				<h1>{title}</h1>
				{!fresh && <span class={`badge ${m.state}`}>{w.meetingStates[m.state]}</span>}
			</div>
			{!fresh && (
				<p class="spans">
					{m.span ? (
						<>
							{w.spans} <strong>{periodInText(m.span, language)}</strong>
							{m.last_year && `, ${w.comparedWith} ${periodInText(m.last_year, language)}`}.{" "}
							<a class="screen" href={`/bild/${encodeURIComponent(m.span)}`}>
								{w.openPicture} →
							</a>
						</>
					) : (
						w.spansNone
					)}
				</p>
			)}
			<div class="sides">
				<form onSubmit={save}>
					<section>
						<div class="fields">
							<SelectField {...field} name="grp" label={w.group} options={(["steering", "operational"] as const).map((g) => [g, w.groups[g]])} required />
							<TextField {...field} name="day" label={w.day} type="date" required />
							<TextField {...field} name="starts" label={w.time} type="time" required />
							<TextField {...field} name="minutes_long" label={w.length} type="number" min="5" required />
							<TextField {...field} name="place" label={w.place} max={200} />
							{!fresh && <SelectField {...field} name="state" label={w.state} options={states} hint={m.state === "planned" ? undefined : w.notAgain} />}
						</div>
						<LinesField {...field} name="agenda" label={w.agenda} hint={w.agendaHint} told={numbered} rows={5} />
						<LinesField {...field} name="participants" label={w.participants} hint={w.participantsHint} />
						<LinesField {...field} name="decisions" label={w.decisions} hint={w.decisionsHint} told={numbered} />
						<TextField {...field} name="minutes" label={w.minutes} rows={8} max={50000} hint={w.personal} />
						{may ? <Saver s={s} /> : <p class="quiet screen">{w.cannotWrite}</p>}
					</section>
				</form>
				{!fresh && (
					<div>
						{before && (before.decisions.length > 0 || since.length > 0) && (
							<section aria-labelledby="since">
								<h2 id="since">
									{w.sinceLast} <a href={`/moten/${before.id}`}>{dayName(before.day, language)}</a>
								</h2>
								{before.decisions.length > 0 && <Decisions of={before} />}
								<List rows={since} names={names} none={w.sinceNone} />
							</section>
						)}
						{m.state === "planned" && (
							<section aria-labelledby="due">
								<h2 id="due">{w.toFollowUp}</h2>
								<List rows={due} names={names} none={w.followNone} />
							</section>
						)}
						<section aria-labelledby="decided">
							<h2 id="decided">{w.decidedHere}</h2>
							{may && s.saved.decisions.length > 0 && <Decisions of={s.saved} measures={rows} />}
							<List rows={here} names={names} none={w.decidedNone} />
							{may && (
								<p class="screen">
									<a href={`/atgarder/ny?mote=${m.id}`}>{w.newMeasureHere}</a>
								</p>
							)}
						</section>
					</div>
				)}
			</div>
			<History
				rows={m.history}
				names={{ grp: w.group, day: w.day, starts: w.time, minutes_long: w.length, place: w.place, state: w.state, agenda: w.agenda, participants: w.participants, decisions: w.decisions, minutes: w.minutes }}
				told={(name, v) => (name === "state" ? w.meetingStates[v as "held"] : name === "grp" ? w.groups[v as "steering"] : name === "day" ? dayName(String(v ?? ""), language) : Array.isArray(v) ? v.join("; ") : String(v ?? ""))}
			/>
		</main>
	);
}

/** Decisions in words. measures: only those that are none of these yet, by their titles, with a way to make them one. */
function Decisions({ of, measures }: { of: Whole; measures?: Measure[] }) {
	const w = useWords();
	const left = of.decisions.filter((d) => !measures?.some((m) => m.title === d.slice(0, TITLE)));
	if (!left.length) return null;
	return (
		<ol class={measures ? "screen" : ""}>
			{left.map((d) => (
				<li>
					{d} {measures && <a href={`/atgarder/ny?mote=${of.id}&rubrik=${encodeURIComponent(d.slice(0, TITLE))}`}>→ {w.makeMeasure}</a>}
				</li>
			))}
		</ol>
	);
}
const TITLE = 200;

function List({ rows, names, none }: { rows: Measure[]; names: Names; none: string }) {
	if (!rows.length) return <p class="quiet">{none}</p>;
	return (
		<ul class="plain">
			{rows.map((x) => (
				<MeasureLine m={x} names={names} />
			))}
		</ul>
	);
}

const numbered = (v: unknown) => ((v as string[]) ?? []).map((x, i) => `${i + 1}. ${x}`).join("\n");
