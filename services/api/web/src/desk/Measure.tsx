// One measure, from the problem to what came of it.
import { useEffect, useState } from "preact/hooks";
import { go, useAddress, useApp, useLoaded } from "../app";
import { dayName } from "../figure";
import { lacking, type Measure as Whole, type Meeting, type Rows, type State } from "./data";
import { EffectOf } from "./Effect";
import { History, Saver, SelectField, TextField, useWords, Waiting } from "./fields";
import { Links } from "./Links";
import { Late, useNames } from "./parts";
import { useSheet, type Sheet } from "./sheet";

export function Measure({ id }: { id: string }) {
	const address = useAddress();
	const fresh = id === "ny";
	const [turn, again] = useState(0);
	const { value, problem } = useLoaded<Whole>(fresh ? null : `/api/v1/measures/${encodeURIComponent(id)}`, String(turn));
	if (!fresh && !value)
		return (
			<main id="main">
				<Waiting problem={problem} />
			</main>
		);
	const meeting = Number(address.query.get("mote")) || null;
	// A meeting's decision that becomes a measure is decided; one without is a proposal.
	const title = meeting ? address.query.get("rubrik") : null;
	const blank = { title, problem: null, category: null, area: null, place: null, cause: null, perspective: null, kind: "situational", owner: null, starts: null, ends: null };
	const rest = { expected: null, follow_up: null, result: null, notes: null, state: title ? "decided" : "proposed", meeting, public: false, public_text: null, depends_on: [], same_problem: [] };
	const begin = { ...blank, ...rest, id: 0, next: [], overdue: false, version: 0 } as unknown as Whole;
	return <Form key={`${id} ${meeting} ${title}`} m={value ?? begin} again={() => again((n) => n + 1)} />;
}

function Form({ m, again }: { m: Whole; again: () => void }) {
	const { t, language, session } = useApp();
	const w = useWords();
	const names = useNames();
	const fresh = m.version === 0;
	const s = useSheet<Whole>(`${session.account}.measure.${m.id || ["ny", m.meeting, m.title].filter(Boolean).join(".")}`, m, fresh ? "/api/v1/measures" : `/api/v1/measures/${m.id}`, again);
	const { value: meetings } = useLoaded<Rows<Meeting>>("/api/v1/meetings");
	const title = fresh ? `${w.newMeasure}${m.state === "decided" ? ` (${w.states.decided})` : ""}` : s.saved.title;
	useEffect(() => void (document.title = `${title} – ${t.title}`), [title]);
	const all = session.roles?.includes("coordinator") ?? false;
	const own = !fresh && (session.roles?.includes("actor") ?? false) && session.actor === m.owner;
	const field = { s, may: all };
	const mine = { s, may: all || own };
	const save = async (event: SubmitEvent) => {
		event.preventDefault();
		const made = await s.save();
		if (fresh && made) go(`/atgarder/${made.id}`, true);
	};
	const meetingName = (id: number | string) => {
		const found = meetings?.rows.find((x) => String(x.id) === String(id));
		return found ? `${w.groups[found.grp]}, ${dayName(found.day, language)}` : String(id);
	};
	// What the writer may still lack for the state that is chosen.
	const lack = lacking(s.value, s.value.state);
	return (
		<main id="main" class="desk">
			<nav class="switch" aria-label={w.measures}>
				<a href="/atgarder">◄ {w.measures}</a>
				{!fresh && <a href={`/atgarder?aktor=${encodeURIComponent(m.owner)}`}>{`${names.actor(m.owner)}: ${w.sheetOf}`}</a>}
			</nav>
			<div class="head">
				<h1>{title}</h1>
				{!fresh && (
					<span class="row">
						<Late m={s.saved} />
						<span class={`badge ${s.saved.state}`}>{w.states[s.saved.state]}</span>
					</span>
				)}
			</div>
			{own && !all && <p class="quiet">{w.actorHint}</p>}
			<div class="sides">
				<form onSubmit={save}>
					{!fresh && (all || own) && <StateField s={s} coordinator={all} />}
					<section aria-labelledby="what">
						<h2 id="what">{w.what}</h2>
						<TextField {...field} name="title" label={w.title} max={200} required />
						<TextField {...field} name="problem" label={w.problem} rows={3} max={4000} required hint={`${w.problemHint} ${w.personal}`} />
						<TextField {...field} name="cause" label={w.cause} rows={2} max={4000} hint={w.causeHint} />
						<div class="fields">
							<SelectField {...field} name="kind" label={w.whatKind} options={Object.entries(w.kinds)} required />
							<SelectField {...field} name="perspective" label={w.perspective} options={Object.entries(w.perspectives)} empty={w.none} />
							<SelectField {...field} name="category" label={w.category} options={names.categories} empty={w.none} />
						</div>
					</section>
					<section aria-labelledby="who">
						<h2 id="who">{w.who}</h2>
						<div class="fields">
							<SelectField {...field} name="owner" label={w.owner} options={names.actors} required />
							<SelectField {...field} name="area" label={w.area} options={names.areas} empty={w.none} />
							<TextField {...field} name="place" label={w.place} max={200} />
							<TextField {...field} name="starts" label={w.starts} type="date" />
							<TextField {...field} name="ends" label={w.ends} type="date" min={s.value.starts ?? undefined} />
							<SelectField {...field} name="meeting" label={w.meetingDecided} options={(meetings?.rows ?? []).map((x) => [String(x.id), meetingName(x.id)])} empty={w.none} numeric />
						</div>
						<TextField {...field} name="expected" label={w.expected} rows={2} max={4000} hint={w.expectedHint} />
					</section>
					<section aria-labelledby="after">
						<h2 id="after">{w.after}</h2>
						<TextField {...field} name="follow_up" label={w.follow_up} type="date" hint={w.followUpHint} required={lack.includes("follow_up")} />
						<TextField {...mine} name="result" label={w.result} rows={2} max={4000} hint={w.resultHint} required={lack.includes("result")} />
						<TextField {...mine} name="notes" label={w.notes} rows={3} max={10000} hint={w.personal} />
					</section>
					<Links s={s} may={all} />
					{(all || s.saved.public) && (
						<section aria-labelledby="for-all" class={s.saved.public ? "" : "screen"}>
							<h2 id="for-all">{w.forAll}</h2>
							{all && (
								<label class="check screen">
									<input type="checkbox" name="public" checked={s.value.public} onChange={(e) => s.set("public", e.currentTarget.checked)} /> {w.public}
								</label>
							)}
							<TextField {...field} name="public_text" label={w.public_text} rows={2} max={2000} hint={w.publicHint} required={s.value.public} />
						</section>
					)}
					{all || own ? <Saver s={s} /> : <p class="quiet screen">{w.cannotWrite}</p>}
				</form>
				{!fresh && <EffectOf m={s.saved} names={names} />}
			</div>
			<History rows={m.history} names={fieldNames(w)} told={(name, v) => told(name, v)} />
		</main>
	);

	function told(name: string, v: unknown): string {
		if (v === null || v === undefined) return "";
		if (name === "state") return w.states[v as State];
		if (name === "owner") return names.actor(String(v));
		if (name === "area") return names.area(String(v));
		if (name === "category") return names.category(String(v));
		if (name === "kind") return w.kinds[String(v)];
		if (name === "perspective") return w.perspectives[String(v)];
		if (name === "public") return v ? w.yes : w.no;
		if (name === "meeting") return meetingName(v as number);
		if (name === "starts" || name === "ends" || name === "follow_up") return dayName(String(v), language);
		return Array.isArray(v) ? v.map((n) => `#${n}`).join(", ") : String(v);
	}
}

type Words = ReturnType<typeof useWords>;
const NAMES = ["title", "problem", "cause", "kind", "perspective", "category", "owner", "area", "place", "starts", "ends", "expected", "follow_up", "result", "notes", "state", "public", "public_text", "depends_on", "same_problem"] as const;
const fieldNames = (w: Words): Record<string, string> => ({ ...Object.fromEntries(NAMES.map((n) => [n, n === "kind" ? w.whatKind : w[n]])), meeting: w.meetingDecided });

/** Where the measure stands and where it may go, with what is lacking for each, said before it is tried. */
function StateField({ s, coordinator }: { s: Sheet<Whole>; coordinator: boolean }) {
	const w = useWords();
	const now = s.saved.state;
	const next = s.saved.next.filter((x) => coordinator || x === "ongoing" || x === "done");
	return (
		<section class="screen">
			<fieldset class="states">
				<legend>{w.state}</legend>
				{[now, ...next].map((x) => (
					<label>
						<input type="radio" name="state" value={x} checked={s.value.state === x} onChange={() => s.set("state", x)} /> {x === now ? <strong>{w.states[x]}</strong> : w.states[x]}
						{lacking(s.value, x).length > 0 && (
							<span class="quiet">
								{" "}
								– {w.lackNeeds}{" "}
								{lacking(s.value, x)
									.map((f) => w[f].toLowerCase())
									.join(", ")}
							</span>
						)}
					</label>
				))}
				{now === "followed-up" && <p class="quiet">{w.stateEnd}</p>}
				{s.both.includes("state") && (
					<div class="other-text">
						<p>
							{w.theirs} {w.states[s.saved.state]}
						</p>
						<button type="button" onClick={() => s.take("state")}>
							{w.takeTheirs}
						</button>
					</div>
				)}
			</fieldset>
		</section>
	);
}

