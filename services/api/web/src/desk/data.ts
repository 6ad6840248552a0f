// What the api says of meetings, measures and levels (schemas/sql/022_meetings.sql, 023_measures.sql), and what is read out of it. Pure: data.test.ts.
import type { Figure } from "../api";

export interface Change {
	at: string;
	who: string;
	version: number;
	old: Record<string, unknown>;
	new: Record<string, unknown>;
}
export interface Meeting {
	id: number;
	grp: "steering" | "operational";
	day: string;
	starts: string;
	minutes_long: number;
	place: string | null;
	state: "planned" | "held" | "cancelled";
	agenda: string[];
	participants: string[];
	decisions: string[];
	minutes: string | null;
	span: string | null;
	last_year: string | null;
	past?: boolean;
	version: number;
	history?: Change[];
}
export const STATES = ["proposed", "decided", "ongoing", "done", "followed-up", "dropped"] as const;
export type State = (typeof STATES)[number];
export interface Measure {
	id: number;
	title: string;
	problem: string;
	category: string | null;
	area: string | null;
	place: string | null;
	cause: string | null;
	perspective: string | null;
	kind: string;
	owner: string;
	starts: string | null;
	ends: string | null;
	expected: string | null;
	follow_up: string | null;
	result: string | null;
	notes: string | null;
	state: State;
	meeting: number | null;
	public: boolean;
	public_text: string | null;
	depends_on: number[];
	same_problem: number[];
	next: State[];
	overdue: boolean;
	days_late?: number | null;
	version: number;
	history?: Change[];
}
export interface Actor {
	code: string;
	sv: string;
	en: string;
}
export interface Area {
	code: string;
	kind: string;
	name: string;
	parent: string | null;
	municipality: string;
	institution?: boolean;
}
export interface Category {
	code: string;
	parent: string | null;
	sv: string;
	en: string;
	est: boolean;
}
/** What can be chosen of areas: the municipality and what lies in it, by name; what happens at an institution is no area's. */
export const areaChoices = (rows: Area[], here: string | undefined): [string, string][] =>
	rows
		.filter((a) => a.municipality === here && (a.kind === "area" || a.code === here) && !a.institution)
		.sort((a, b) => Number(b.code === here) - Number(a.code === here) || a.name.localeCompare(b.name, "sv"))
		.map((a) => [a.code, a.name]);

/** Main categories by name, each with its own below it. */
export function categoryChoices(rows: Category[], language: "sv" | "en"): [string, string][] {
	const under = (parent: string | null) => rows.filter((c) => c.parent === parent).sort((a, b) => a[language].localeCompare(b[language], language));
	return under(null).flatMap((c) => [[c.code, c[language]], ...under(c.code).map((k): [string, string] => [k.code, `– ${k[language]}`])]);
}

export type Level = "green" | "yellow" | "red";
export interface Priority {
	area: string;
	level: Level;
	reason: string;
	version: number;
	history: Change[];
}
export interface EffectRow {
	source: string;
	short: string;
	sv: string;
	before: Figure;
	after: Figure;
	control_before: Figure;
	control_after: Figure;
	effect: number | null;
	se: number | null;
	verdict: "less" | "more" | "unclear" | "none";
}
export interface Effect {
	from: string;
	to: string;
	before_from: string;
	before_to: string;
	months: number;
	rows: EffectRow[];
}
export type Rows<T> = { rows: T[] };

/** Whole days from one day (YYYY-MM-DD) to another. */
export function daysBetween(from: string, to: string): number {
	return Math.round((Date.parse(to + "T00:00:00Z") - Date.parse(from + "T00:00:00Z")) / 86400000);
}

/** How late a measure is: what the api says, else by a day that is today; null: it is not. */
export function daysLate(m: Measure, today: string): number | null {
	if (!m.overdue) return null;
	if (typeof m.days_late === "number") return m.days_late;
	const open = ["proposed", "decided", "ongoing"].includes(m.state);
	const days = [open ? m.ends : null, m.state !== "proposed" ? m.follow_up : null].filter((d): d is string => !!d && d < today);
	return days.length ? daysBetween(days.sort()[0], today) : null;
}

/** Overdue ones first, the latest of them on top; then by the next day that something is to be done; closed ones last. */
export function inOrder(rows: Measure[], today: string): Measure[] {
	const closed = (m: Measure) => m.state === "followed-up" || m.state === "dropped";
	const next = (m: Measure) => (closed(m) ? null : m.state === "done" ? m.follow_up : (m.ends ?? m.follow_up)) ?? (closed(m) ? "9999-9" : "9999");
	return [...rows].sort((a, b) => (daysLate(b, today) ?? -1) - (daysLate(a, today) ?? -1) || next(a).localeCompare(next(b)) || a.id - b.id);
}

export interface Filter {
	actor: string;
	area: string;
	state: string;
}
export const kept = (rows: Measure[], f: Filter): Measure[] =>
	rows.filter((m) => (!f.actor || m.owner === f.actor) && (!f.area || m.area === f.area) && (!f.state || (f.state === "overdue" ? m.overdue : m.state === f.state)));

/** What a meeting of that day has to follow up: what is late already, and what is to be done or followed up by then. */
export const dueBy = (rows: Measure[], day: string): Measure[] =>
	rows.filter((m) => m.overdue || (["decided", "ongoing", "done"].includes(m.state) && [m.state === "done" ? null : m.ends, m.follow_up].some((d) => d && d <= day)));

/** What a line says of many: how many are late, go on, and wait to be followed up. */
export const counts = (rows: Measure[]) => ({
	overdue: rows.filter((m) => m.overdue).length,
	ongoing: rows.filter((m) => m.state === "ongoing").length,
	following: rows.filter((m) => m.state === "done").length,
});

/** What has to be there before a measure may go to a state. */
export function lacking(m: Pick<Measure, "follow_up" | "result" | "public" | "public_text">, state: string): ("follow_up" | "result" | "public_text")[] {
	const out: ("follow_up" | "result" | "public_text")[] = [];
	if (["decided", "ongoing", "done", "followed-up"].includes(state) && !m.follow_up) out.push("follow_up");
	if (state === "followed-up" && !m.result?.trim()) out.push("result");
	if (m.public && !m.public_text?.trim()) out.push("public_text");
	return out;
}

/** Today as the browser's clock has it, in the municipality's time: where the api does not say. */
export const today = () => new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Stockholm" });
