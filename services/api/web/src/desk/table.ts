// What people paste from a spreadsheet, as rows for POST /api/v1/measures/import; and measures as a table for Excel. Pure: table.test.ts.
import { csv } from "../csv";
import type { Language } from "../text";
import type { Measure } from "./data";

/** Column heads that are known, without capitals and signs: Swedish, English, and those of the export. */
const HEADS: Record<string, string[]> = {
	title: ["rubrik", "titel", "åtgärd", "namn", "measure"],
	problem: ["problembeskrivning"],
	cause: ["orsak", "orsaker", "bakomliggande orsak"],
	category: ["kategori", "brottstyp"],
	area: ["område", "stadsdel"],
	place: ["plats", "adress", "location"],
	perspective: ["perspektiv"],
	kind: ["slag", "typ", "type"],
	owner: ["ägare", "ansvarig", "ansvar", "responsible"],
	starts: ["börjar", "start", "startdatum", "från", "starts"],
	ends: ["slutar", "ska vara klar", "klar", "slut", "slutdatum", "till", "ends", "due"],
	expected: ["väntad effekt", "förväntad effekt", "expected effect", "effekt"],
	follow_up: ["följs upp", "uppföljning", "uppföljningsdatum", "follow up"],
	result: ["resultat", "utfall"],
	notes: ["anteckningar", "kommentar", "kommentarer", "noteringar"],
	state: ["läge", "status", "tillstånd"],
	meeting: ["möte"],
	public: ["offentlig", "visas för alla"],
	public_text: ["offentlig text", "text för alla", "ni sa vi gjorde", "public text"],
	depends_on: ["beror på", "depends on"],
	same_problem: ["samma problem", "same problem"],
};
/** Columns of the export that say nothing about a new measure. */
const IGNORED = new Set(["id", "version", "overdue", "försenad", ""]);

const simple = (head: string) =>
	head
		.trim()
		.toLowerCase()
		.replace(/[_–—-]+/g, " ")
		.replace(/[^\p{L}\p{N} ]+/gu, "")
		.replace(/\s+/g, " ")
		.trim();

export function fieldOf(head: string): string | null {
	const h = simple(head);
	return Object.keys(HEADS).find((f) => simple(f) === h || HEADS[f].includes(h)) ?? null;
}

/** Cells of a text: by tabs (pasted), else by what the first line has more of, ; or ,. Quotes as Excel writes them. */
export function cells(text: string): string[][] {
	const first = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0];
	const count = (c: string) => first.split(c).length;
	const separator = first.includes("\t") ? "\t" : count(";") >= count(",") ? ";" : ",";
	const rows: string[][] = [[]];
	let cell = "";
	let quoted = false;
	let at = text.startsWith("\uFEFF") ? 1 : 0;
	const end = () => (rows[rows.length - 1].push(cell), (cell = ""));
	for (; at < text.length; at++) {
		const c = text[at];
		if (quoted) {
			if (c !== '"') cell += c;
			else if (text[at + 1] === '"') ((cell += '"'), at++);
			else quoted = false;
		} else if (c === '"' && cell === "") quoted = true;
		else if (c === separator) end();
		else if (c === "\n" || c === "\r") {
			if (c === "\r" && text[at + 1] === "\n") at++;
			end();
			rows.push([]);
		} else cell += c;
	}
	end();
	return rows.filter((r) => r.some((x) => x.trim()));
}

/** A cell of a workbook as text: a day as YYYY-MM-DD. */
export function cellText(value: unknown): string {
	if (value === null || value === undefined) return "";
	if (value instanceof Date) return value.toISOString().slice(0, 10);
	if (typeof value === "boolean") return value ? "ja" : "nej";
	return String(value);
}

export interface Table {
	/** Field by column; null: left out. */
	columns: { head: string; field: string | null }[];
	rows: Record<string, string>[];
	unknown: string[];
}

/** The first row is heads; a field that two columns name is taken from the first. */
/** The export marks what a spreadsheet would run as text. */
const plain = (text: string) => text.replace(/^'(?=[=+\-@])/, "");

export function toTable(all: string[][]): Table {
	const [heads = [], ...rest] = all;
	const taken = new Set<string>();
	const columns = heads.map((head) => {
		const found = fieldOf(head);
		const field = found && !taken.has(found) ? found : null;
		if (field) taken.add(field);
		return { head: head.trim(), field };
	});
	const rows = rest.map((r) => {
		const row: Record<string, string> = {};
		columns.forEach((c, i) => c.field && (r[i] ?? "").trim() && (row[c.field] = plain(r[i].trim())));
		return row;
	});
	return { columns, rows: rows.filter((r) => Object.keys(r).length), unknown: columns.filter((c) => !c.field && !IGNORED.has(c.head.toLowerCase())).map((c) => c.head) };
}

/** A table as it is pasted: what a workbook becomes in the box, so that it can be corrected there. */
export const asText = (all: string[][]): string => all.map((r) => r.map((c) => (/["\t\n\r]/.test(c) ? `"${c.replace(/"/g, '""')}"` : c)).join("\t")).join("\n");

/** Heads of the export, Swedish and English: the import knows each of them. */
const EXPORT: [field: keyof Measure, sv: string, en: string][] = [
	["title", "Rubrik", "Title"],
	["state", "Läge", "State"],
	["owner", "Ansvarig", "Responsible"],
	["starts", "Börjar", "Starts"],
	["ends", "Ska vara klar", "Ends"],
	["follow_up", "Följs upp", "Follow up"],
	["area", "Område", "Area"],
	["place", "Plats", "Place"],
	["category", "Kategori", "Category"],
	["problem", "Problem", "Problem"],
	["cause", "Orsak", "Cause"],
	["perspective", "Perspektiv", "Perspective"],
	["kind", "Typ", "Type"],
	["expected", "Väntad effekt", "Expected effect"],
	["result", "Resultat", "Result"],
	["notes", "Anteckningar", "Notes"],
	["public", "Offentlig", "Public"],
	["public_text", "Offentlig text", "Public text"],
];
/** Codes in the words that the import takes back. */
const SAID: Record<string, string> = {
	proposed: "föreslagen", decided: "beslutad", ongoing: "pågår", done: "klar", "followed-up": "uppföljd", dropped: "avbruten",
	situational: "situationell", social: "social", situation: "plats", victim: "brottsoffer", offender: "gärningsperson", true: "ja", false: "nej",
};

/** The measures as a file for Excel. named: of a code, its name. */
export function exported(rows: Measure[], language: Language, named: Record<"owner" | "area" | "category", (code: string) => string>): string {
	const sv = language === "sv";
	const cell = (m: Measure, field: keyof Measure): string => {
		const v = m[field];
		if (v === null || v === undefined) return "";
		if (field === "owner" || field === "area" || field === "category") return named[field](String(v));
		if (field === "state" || field === "kind" || field === "perspective") return sv ? SAID[String(v)] : String(v);
		return field === "public" ? (sv ? SAID[String(v)] : v ? "yes" : "no") : String(v);
	};
	return csv(EXPORT.map((e) => e[sv ? 1 : 2]), rows.map((m) => EXPORT.map(([field]) => cell(m, field))));
}
