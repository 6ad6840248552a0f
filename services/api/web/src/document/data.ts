// What the api says of editions (schemas/sql/025_editions.sql) and their documents.
export interface Measure {
	id: number;
	title: string;
	problem: string;
	cause: string | null;
	owner: string;
	area: string | null;
	place: string | null;
	starts: string | null;
	ends: string | null;
	follow_up: string | null;
	result: string | null;
	expected: string | null;
	state: string;
}
export interface Planned {
	id: number;
	title: string;
	place: string | null;
	starts: string;
	ends: string;
	state: string;
	version: number;
}
export interface Words {
	sections: Record<string, string>;
	events: Planned[];
	measures: Measure[];
	actors: Record<string, string>;
	priorities: { area: string; level: string; reason: string }[];
	before: { edition: number; period: string; changes: { month: string; source: string; cause: string; delta: number }[] } | null;
}
export interface Edition {
	id: number;
	period: string;
	months: number;
	area: string;
	area_name: string;
	state: string;
	complete: boolean;
	created_at: string;
	created_by: string;
	approved_at: string | null;
	approved_by: string | null;
	published_at: string | null;
	hash: string;
	text_hash: string | null;
	superseded_by: number | null;
	events: { at: string; by: string; event: string; comment: string | null }[];
	words: Words;
}
export interface Made {
	name: string;
	state: "waiting" | "made" | "failed";
	bytes: number | null;
	final: boolean;
}

/** Sections of a picture, in the order of the page; those of the law's picture stand in its outline. */
export const SECTIONS = ["assessment", "police", "public"] as const;
export const LAW = ["consequences", "other", "analysis", "needs", "effects"] as const;
export const CHECKLIST = ["why", "sources", "limits", "meaning"] as const;

/** "3 mars 2026 kl. 11:50" */
export const when = (text: string, language: "sv" | "en") =>
	new Date(text).toLocaleString(language === "sv" ? "sv-SE" : "en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "Europe/Stockholm" });

/** The day so many days after another, YYYY-MM-DD. */
export const dayAfter = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86400000).toISOString().slice(0, 10);
