// The level of each area, set by people, beside what the figures of the latest month say.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Figure, Summary } from "../api";
import { useApp, useLoaded } from "../app";
import { apart, dayName, periodInText, shortOf } from "../figure";
import { AreaMap } from "../parts/AreaMap";
import { Value } from "../parts/Value";
import type { Level, Measure, Priority, Rows } from "./data";
import { History, Saver, TextField, useWords, Waiting } from "./fields";
import { LevelMark, SHAPES } from "./parts";
import { useSheet } from "./sheet";

const NUMBER: Record<Level, number> = { green: 1, yellow: 2, red: 3 };

export function Priorities() {
	const { t, language, session, version } = useApp();
	const w = useWords();
	const [turn, again] = useState(0);
	const [open, setOpen] = useState("");
	const { value, problem } = useLoaded<Rows<Priority>>("/api/v1/priorities", String(turn));
	const { value: s } = useLoaded<Summary>("/api/v1/summary/latest", version);
	const { value: measures } = useLoaded<Rows<Measure>>("/api/v1/measures");
	// When a level has been set the form goes, and the rows move: the focus is given back to the button that opened it.
	const back = useRef("");
	useEffect(() => {
		if (back.current && !open && document.activeElement === document.body) document.getElementById(back.current)?.querySelector<HTMLElement>(".title button")?.focus();
	}, [open, value]);
	useEffect(() => void (document.title = `${w.priorities} – ${t.title}`), [language]);
	if (!value || !s)
		return (
			<main id="main">
				<Waiting problem={problem} />
			</main>
		);
	const may = session.roles?.includes("coordinator") ?? false;
	const level = (code: string) => value.rows.find((p) => p.area === code);
	const codes = Object.keys(s.names).filter((c) => c !== s.area.code && (s.names[c].kind === "area" || level(c)));
	codes.sort((a, b) => NUMBER[level(b)?.level ?? "green"] - NUMBER[level(a)?.level ?? "green"] || Number(!!level(b)) - Number(!!level(a)) || s.names[a].name.localeCompare(s.names[b].name, "sv"));
	// One source at a time: sources are never added up.
	const sources = s.sources.filter((x) => x.state !== "not_connected" && s.areas.some((a) => a.source === x.source && a.est));
	const values = new Map<string, Figure>(codes.map((c) => [c, level(c) ? { n: NUMBER[level(c)!.level] } : { s: ".." }]));
	return (
		<main id="main" class="desk">
			<h1>{w.priorities}</h1>
			<p class="quiet">
				{w.prioritiesLead} {w.numbersOf} {periodInText(s.period, language)}.
			</p>
			<ul class="legend">
				{(["red", "yellow", "green"] as const).map((l) => (
					<li>
						<LevelMark level={l} /> – {w.levelMeans[l]}: {value.rows.filter((p) => p.level === l).length}
					</li>
				))}
			</ul>
			<div class="sides">
				<div>
					{codes.map((code) => (
						<Row key={code} code={code} s={s} p={level(code)} sources={sources} may={may} open={open === code} toggle={() => ((back.current = code), setOpen(open === code ? "" : code))} measures={measures?.rows.filter((m) => m.area === code) ?? []} reload={() => again((n) => n + 1)} />
					))}
				</div>
				<section class="level-map" aria-label={t.areas}>
					<style>{codes.map((c) => `.level-map [data-area="${CSS.escape(c)}"] .shape{fill:var(--level-${level(c)?.level ?? "unset"})}`).join("")}</style>
					<AreaMap area={s.area.code} names={Object.fromEntries(codes.map((c) => [c, s.names[c]]))} values={values} chosen={open} choose={setOpen} told={(c) => (level(c) ? w.levels[level(c)!.level] : w.notSet)} mark={(c) => (level(c) ? [SHAPES[level(c)!.level], level(c)!.level] : ["", "unset"])} />
				</section>
			</div>
		</main>
	);
}

interface RowProps {
	code: string;
	s: Summary;
	p: Priority | undefined;
	sources: Summary["sources"];
	may: boolean;
	open: boolean;
	toggle: () => void;
	measures: Measure[];
	reload: () => void;
}

function Row({ code, s, p, sources, may, open, toggle, measures, reload }: RowProps) {
	const { t, language } = useApp();
	const w = useWords();
	const active = measures.filter((m) => !["followed-up", "dropped"].includes(m.state)).length;
	const held = s.verdicts.filter((v) => v.area === code);
	const area = s.names[code].name;
	return (
		<section id={code} aria-labelledby={`p-${code}`} class={`priority ${p?.level ?? "unset"}`} data-area={code}>
			<div class="title">
				<h2 id={`p-${code}`}>{area}</h2>
				<LevelMark level={p?.level} />
				{may && (
					<button type="button" class="screen" aria-expanded={open} aria-label={`${p ? w.change : w.setLevel}: ${area}`} onClick={toggle}>
						{p ? w.change : w.setLevel}
					</button>
				)}
			</div>
			{p && (
				<p class="written">
					{p.reason} {p.history[0] && <span class="quiet">({p.history[0].who}, {dayName(p.history[0].at.slice(0, 10), language)})</span>}
				</p>
			)}
			<ul class="figures">
				{apart(s, code) && <li class="quiet">{area}, {t.unplaced}:</li>}
				{sources.map((x) => {
					const top = s.areas.filter((a) => a.area === code && a.source === x.source && a.est && (a.n.s || (a.n.n ?? 0) > 0)).sort((a, b) => (b.n.n ?? 0) - (a.n.n ?? 0));
					return top.slice(0, 2).map((a) => (
						<li>
							{s.rows.find((r) => r.category === a.category)?.[language] ?? a.category} <Value f={a.n} />{" "}
							<span class="quiet">({shortOf(x, language)})</span>
						</li>
					));
				})}
				{active > 0 && (
					<li>
						<a href={`/atgarder?visa=lista&omrade=${encodeURIComponent(code)}`}>
							{active} {active === 1 ? w.openOne : w.open}
						</a>
					</li>
				)}
			</ul>
			{held.length > 0 && (
				<p>
					{w.changesHold}: {held.map((v) => `${v.verdict === "increase" ? "▲" : "▼"} ${v[language]} (${shortOf(v, language)})`).join(", ")}
				</p>
			)}
			{open && may && <Setter code={code} p={p} reload={reload} close={toggle} />}
			<History rows={p?.history} names={{ level: w.level, reason: w.reason }} told={(name, v) => (name === "level" && v ? w.levels[v as Level] : String(v ?? ""))} />
		</section>
	);
}

interface Set {
	version: number;
	level: Level | null;
	reason: string | null;
}

/** A new level and its own reason. */
function Setter({ code, p, reload, close }: { code: string; p: Priority | undefined; reload: () => void; close: () => void }) {
	const { session } = useApp();
	const w = useWords();
	// The reason before is shown above; a new one begins empty, so that it is written.
	const s = useSheet<Set>(`${session.account}.priority.${code}`, { version: p?.version ?? 0, level: p?.level ?? null, reason: null }, `/api/v1/priorities/${encodeURIComponent(code)}`, reload, ["level", "reason"]);
	return (
		<form
			onSubmit={(e) => {
				e.preventDefault();
				void s.save().then((made) => made && close());
			}}
		>
			<fieldset class="states">
				<legend>{w.level}</legend>
				{(["green", "yellow", "red"] as const).map((l) => (
					<label>
						<input type="radio" name={`level-${code}`} value={l} required checked={s.value.level === l} onChange={() => s.set("level", l)} /> <LevelMark level={l} /> – {w.levelMeans[l]}
					</label>
				))}
			</fieldset>
			<TextField s={s} name="reason" label={w.reason} may rows={2} max={2000} required hint={`${w.reasonHint} ${w.personal}`} />
			<Saver s={s} label={w.setLevel} />
		</form>
	);
}
