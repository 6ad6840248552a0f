// Figures and periods in words. Pure: figure.test.ts.
import type { Figure, Summary } from "./api";
import { texts, type Language } from "./text";

const locale = { sv: "sv-SE", en: "en-GB" };
const formats: Partial<Record<Language, Intl.NumberFormat>> = {};
/** toLocaleString looks its format up at each call: most of the time that a page of figures took. */
const format = (n: number, language: Language) => (formats[language] ??= new Intl.NumberFormat(locale[language])).format(n);
const months = {
	sv: ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"],
	en: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
};

/** As it is printed: "14", "≥7", "<5", ".."; a figure that still fills bears a star. */
export function shown(f: Figure, language: Language): string {
	const n = f.n === undefined ? "" : format(f.n, language);
	if (f.s === "≥") return "≥" + n;
	if (f.s === "p") return n + "*";
	return f.s ?? n;
}

/** For a file: a number where it is one, else what it lacks. */
export const plainly = (f: Figure): number | string => (f.s === undefined ? (f.n ?? "") : `${f.s === "p" ? "" : f.s}${f.n ?? ""}${f.s === "p" ? "*" : ""}`);

/** As it is read aloud. */
export function spoken(f: Figure, language: Language): string {
	const sv = language === "sv";
	if (f.s === "..") return sv ? "uppgift saknas" : "not known";
	if (f.s === "<5") return sv ? "litet antal, visas ej" : "small count, withheld";
	const n = format(f.n ?? 0, language);
	if (f.s === "≥") return (sv ? "minst " : "at least ") + n;
	if (f.s === "p") return n + (sv ? ", preliminärt" : ", preliminary");
	return n;
}

export function signed(n: number | null, language: Language): string {
	if (n === null) return "";
	return n === 0 ? "±0" : (n > 0 ? "+" : "−") + format(Math.abs(n), language);
}

/** YYYY-MM, so many months on. */
export function addMonths(month: string, n: number): string {
	const [y, m] = month.split("-").map(Number);
	const at = y * 12 + m - 1 + n;
	return `${Math.floor(at / 12)}-${String((((at % 12) + 12) % 12) + 1).padStart(2, "0")}`;
}

export function monthName(month: string, language: Language, year = true): string {
	const name = months[language][Number(month.slice(5, 7)) - 1] ?? month;
	return year ? `${name} ${month.slice(0, 4)}` : name;
}

/** "Mars 2026", "Tertial 1 2026 (januari–april)", "2026", "Februari–mars 2026". */
export function periodName(period: string, language: Language): string {
	const upper = (s: string) => s.charAt(0).toUpperCase() + s.slice(1);
	const m = /^(\d{4})(?:T([123])|-(\d\d)(?:\/(\d{4}-\d\d))?)?$/.exec(period);
	if (!m) return period;
	const [, year, tertial, month, to] = m;
	if (tertial) {
		const first = (Number(tertial) - 1) * 4;
		return `Tertial ${tertial} ${year} (${months[language][first]}–${months[language][first + 3]})`;
	}
	if (!month) return year;
	const from = `${year}-${month}`;
	if (!to) return upper(monthName(from, language));
	return upper(`${monthName(from, language, from.slice(0, 4) !== to.slice(0, 4))}–${monthName(to, language)}`);
}

/** The month, tertial or year that a period belongs to: what the switch above the page leads to. */
export function asTertial(first: string): string {
	return `${first.slice(0, 4)}T${Math.ceil(Number(first.slice(5, 7)) / 4)}`;
}

/** "3 mars 2026"; without its year where the page says it. */
export function dayName(day: string | null, language: Language, year = true): string {
	if (!day) return "";
	return new Date(day + "T12:00:00Z").toLocaleDateString(locale[language], { day: "numeric", month: "long", ...(year ? { year: "numeric" } : {}), timeZone: "UTC" });
}

/** "3 mars 2026", "3 mars – 5 april 2026", "från 3 mars 2026", "till 5 april 2026". */
export function daysName(from: string | null, to: string | null, language: Language): string {
	const sv = language === "sv";
	if (!from || !to) return from ? `${sv ? "från" : "from"} ${dayName(from, language)}` : to ? `${sv ? "till" : "until"} ${dayName(to, language)}` : "";
	return from === to ? dayName(from, language) : `${dayName(from, language, from.slice(0, 4) !== to.slice(0, 4))} – ${dayName(to, language)}`;
}

/** A period inside a sentence: Swedish months have a small letter. */
export function periodInText(period: string, language: Language): string {
	const name = periodName(period, language);
	return language === "sv" ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

/** What a period is compared with: last year, or, since more than a year has none, the same months as many years before as it reaches over. */
export function earlier(months: number, language: Language): string {
	const years = Math.ceil(months / 12);
	if (years < 2) return language === "sv" ? "i fjol" : "last year";
	const many = { sv: ["två", "tre", "fyra", "fem"], en: ["two", "three", "four", "five"] }[language][years - 2];
	return language === "sv" ? `${many} år tidigare` : `${many} years before`;
}

const shorts: Record<string, string> = { press: "notices", police: "police", rescue: "rescue", social: "social", housing: "housing", citizen: "citizens", staff: "staff" };
/** The short name of a source, which the api says in Swedish. */
export const shortOf = (x: { source: string; short: string }, language: Language): string => (language === "en" && shorts[x.source]) || x.short;
export const shortName = (sources: { source: string; short: string }[], source: string, language: Language): string => {
	const x = sources.find((k) => k.source === source);
	return x ? shortOf(x, language) : source;
};

type Places = Pick<Summary, "area" | "names">;

/** Is an area's figure in this picture only what is not in one of its own parts? Above a municipality the figures are of the whole. */
export const apart = (s: Places, code: string | null): boolean =>
	code !== null && (code === s.area.code || s.area.kind === "municipality" || s.area.kind === "area") && Object.values(s.names).some((a) => a.parent === code);

/** An area beside its figure: "Centrum"; of one that has parts, "Kumla stad, utan närmare plats". */
export const areaName = (s: Places, code: string, language: Language): string =>
	(s.names[code]?.name ?? (code === s.area.code ? s.area.name : code)) + (apart(s, code) ? `, ${texts[language].unplaced}` : "");

/** All that have figures in this picture by code, for a map. */
export const areaNames = (s: Places, language: Language): Record<string, { name: string }> =>
	Object.fromEntries(
		Object.keys(s.names)
			.filter((code) => s.area.kind === "municipality" || s.area.kind === "area" || s.names[code].parent === s.area.code)
			.map((code) => [code, { name: areaName(s, code, language) }]),
	);

/** A month's figure of an area (api: cells). */
export interface Cell {
	period: string;
	area: string;
	n: number | null;
	status: Figure["s"] | null;
}

/** The months of an area without its parts, out of its own and theirs. What was withheld may lie in either: then no more is said than is sure. */
export function withoutParts(rows: Cell[], area: string, names: Summary["names"]): Cell[] {
	return rows
		.filter((r) => r.area === area)
		.map((all) => {
			const parts = rows.filter((r) => r.period === all.period && names[r.area]?.parent === area);
			const n = (all.n ?? 0) - parts.reduce((sum, p) => sum + (p.n ?? 0), 0);
			if (all.status === null || (n > 0 && all.n !== null)) return { ...all, n };
			const withheld = all.status !== "p" && all.status !== ".." && parts.every((p) => p.status === null);
			return { ...all, n: null, status: withheld ? "<5" : ".." };
		});
}
