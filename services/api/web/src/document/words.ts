// A picture in plain words, made from its numbers. Pure: words.test.ts.
import type { AreaRow, Row, Source, Summary } from "../api";
import { addMonths, apart, asTertial, earlier, periodName, shortOf } from "../figure";
import { greatest, ofPeriod } from "../since";
import { texts, type Language } from "../text";
import type { Measure } from "./data";

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
const number = (n: number, language: Language) => n.toLocaleString(language === "sv" ? "sv-SE" : "en-GB");

function list(items: string[], language: Language): string {
	const last = items[items.length - 1];
	return items.length < 2 ? (last ?? "") : `${items.slice(0, -1).join(", ")} ${language === "sv" ? "och" : "and"} ${last}`;
}

/** The sources in their own order; the notices, which are a selection, after those that report everything. */
export const inOrder = (sources: Source[]): Source[] => [...sources].sort((a, b) => Number(a.source === "press") - Number(b.source === "press"));

/** Rows source by source, each source's as they stood. */
export function bySource(s: Summary, rows: Row[]): Row[] {
	const at = new Map(inOrder(s.sources).map((x, i) => [x.source, i]));
	return [...rows].sort((a, b) => (at.get(a.source) ?? 99) - (at.get(b.source) ?? 99));
}

/** What the api counts in `tested` (020_figures.sql): compared, and 8 events in all, for fewer could not have told anything. */
export const isTested = (r: Row | AreaRow): boolean => r.est && r.p !== null && r.verdict !== "new" && (r.n.n ?? 0) + (r.last_year.n ?? 0) >= 8;
const isChance = (r: Row | AreaRow): boolean => !r.holds && (r.verdict === "increase" || r.verdict === "decrease");

/** "1 förändring håller av 10 jämförelser som kunde göras; 2 kan vara slump, 7 är inom det vanliga. I områdena håller 1 av 3." */
export function compared(s: Summary, language: Language, than = ""): string {
	const sv = language === "sv";
	const whole = s.rows.filter(isTested);
	const parts = s.areas.filter((a) => a.area !== s.area.code && isTested(a));
	const [held, inParts] = [whole, parts].map((all) => all.filter((r) => r.holds).length);
	const chance = whole.filter(isChance).length;
	const usual = s.tested - held - chance;
	const rest = sv
		? [chance && `${chance} kan vara slump`, usual && `${usual} är inom det vanliga`]
		: [chance && `${chance} may be chance`, usual && `${usual} ${usual === 1 ? "is" : "are"} within the usual`];
	const holds = sv
		? `${held ? `${held} ${held === 1 ? "förändring" : "förändringar"}` : "Ingen förändring"} håller av ${s.tested} ${s.tested === 1 ? "jämförelse" : "jämförelser"}${than} som kunde göras`
		: `${held ? `${held} ${held === 1 ? "change holds" : "changes hold"}` : "No change holds"} of ${s.tested} ${s.tested === 1 ? "comparison" : "comparisons"}${than} that could be made`;
	const there = inParts ? (sv ? ` I områdena håller ${inParts} av ${parts.length}.` : ` In the areas ${inParts} of ${parts.length} ${inParts === 1 ? "holds" : "hold"}.`) : "";
	return [holds, rest.filter(Boolean).join(", ")].filter(Boolean).join("; ") + "." + there;
}

/** Why nothing was compared. */
export function notCompared(s: Summary, language: Language): string {
	const sv = language === "sv";
	const name = periodName(s.period, language);
	const then = earlier(s.months, language);
	if (!s.complete) return sv ? `${name} är inte hel än, så inget jämförs.` : `${name} is not whole yet, so nothing is compared.`;
	return s.rows.some((r) => r.verdict === "usual" || isChance(r))
		? sv ? "Talen är för små för att en förändring ska kunna visas." : "The counts are too small for a change to show."
		: sv ? `Inget går att jämföra med ${then} än.` : `Nothing can be compared with ${then} yet.`;
}

function verdicts(s: Summary, language: Language): string[] {
	const sv = language === "sv";
	const then = earlier(s.months, language);
	if (!s.complete || !s.tested) return [notCompared(s, language)];
	const found = s.verdicts.filter((v) => v.area !== s.area.code);
	const first = (v: (typeof found)[number]) => found.findIndex((x) => x.category === v.category && x.source === v.source);
	// The whole before its parts.
	const all = [...found].sort((a, b) => first(a) - first(b) || Number(!!a.name) - Number(!!b.name));
	const held = all.map((v) => {
		const where = v.name && `${v.name}${apart(s, v.area) ? ` (${texts[language].unplaced})` : ""}`;
		const what = `${sv ? v.sv : v.en}${where ? (sv ? ` i ${where}` : ` in ${where}`) : ""}`;
		const how = v.verdict === "increase" ? (sv ? "har sannolikt ökat" : "has probably risen") : sv ? "har sannolikt minskat" : "has probably fallen";
		return `${what} ${how}: ${number(v.n, language)} ${sv ? "mot" : "against"} ${number(v.last_year, language)} ${then} (${shortOf(v, language)}).`;
	});
	return [...held, compared(s, language, sv ? ` med samma tid ${then}` : ` with the same time ${then}`)];
}

/** The three largest of each source in what EST follows; a figure that lacks something is no more than it says. */
function most(s: Summary, language: Language): string[] {
	const sv = language === "sv";
	return inOrder(s.sources).flatMap((source) => {
		const rows = s.rows
			.filter((r) => r.est && r.source === source.source && (r.n.n ?? 0) > 0)
			.sort((a, b) => (b.n.n ?? 0) - (a.n.n ?? 0))
			.slice(0, 3);
		if (!rows.length) return [];
		const figures = rows.map((r) => `${lower(r[language])} (${r.n.s === "≥" ? (sv ? "minst " : "at least ") : ""}${number(r.n.n!, language)})`);
		return [`${source[language]}: ${sv ? "mest" : "mostly"} ${list(figures, language)}.`];
	});
}

function delivered(s: Summary, language: Language): string {
	const sv = language === "sv";
	const named = (...states: string[]) => inOrder(s.sources).filter((x) => states.includes(x.state)).map((x) => lower(x[language]));
	const parts: string[] = [];
	const missing = named("missing", "not_connected");
	const filling = named("filling", "partly");
	if (missing.length) parts.push(sv ? `Underlag saknas från ${list(missing, language)}.` : `Nothing has come from ${list(missing, language)}.`);
	if (filling.length) parts.push(sv ? `Ännu inte helt: ${list(filling, language)}.` : `Not whole yet: ${list(filling, language)}.`);
	return parts.length ? parts.join(" ") : sv ? "Alla källor har levererat." : "All sources have delivered.";
}

/** Sentences for the top of the page: what has changed, what there is most of, what is missing. */
export function inWords(s: Summary, language: Language): string[] {
	return [...verdicts(s, language), ...withoutVerdict(s, language)];
}

/** The same where nothing was compared and nobody would miss it. */
export function withoutVerdict(s: Summary, language: Language): string[] {
	const all = most(s, language);
	return s.sources.length > 1 || s.sources[0]?.state !== "complete" ? [...all, delivered(s, language)] : all;
}

export type Kind = "month" | "tertial" | "year" | "law" | "span";

/** What a picture of that length is called. Two years are the lägesbild of Lag (2023:196), which is renewed at least every second year. */
export function kindOf(s: { period: string; months: number }): Kind {
	if (s.months === 1) return "month";
	if (s.months === 24) return "law";
	return /T[123]$/.test(s.period) ? "tertial" : s.months === 12 ? "year" : "span";
}

/** An edition as the list tells it. */
export interface Listed {
	id: number;
	period: string;
	start: string;
	months: number;
	area: string;
	area_name: string;
	state: string;
	created_at: string;
	created_by: string;
	approved_at: string | null;
	superseded_by: number | null;
}
export interface Step {
	period: string;
	months: number;
	/** The newest edition of it that has not been withdrawn. */
	edition?: Listed;
	/** Of the law's picture: the day two years after the last one was approved. */
	renew?: string;
}

/** What a coordinator has to make, or to bring further: the latest whole month, tertial and two calendar years. latest: YYYY-MM. */
export function nextSteps(rows: Listed[], latest: string, area: string): Step[] {
	const year = Number(latest.slice(0, 4)) - (latest.endsWith("-12") ? 0 : 1);
	const tertialEnd = addMonths(latest, -(Number(latest.slice(5, 7)) % 4));
	const step = (period: string, first: string, months: number): Step => ({ period, months, edition: ofPeriod(rows, { first, months, area: { code: area } }) });
	const law = step(`${year - 1}-01/${year}-12`, `${year - 1}-01`, 24);
	const before = greatest(
		rows.filter((e) => e.area === area && e.state !== "withdrawn" && e.months === 24 && e.approved_at),
		(e) => e.id,
	);
	if (before) law.renew = `${Number(before.approved_at!.slice(0, 4)) + 2}${before.approved_at!.slice(4, 10)}`.replace("-02-29", "-02-28");
	return [step(latest, latest, 1), step(asTertial(tertialEnd), addMonths(tertialEnd, -3), 4), law];
}

/** How many days late a measure is on a day, as the desk counts (034_pace.sql): of its end while it is under way, of its follow-up once it is decided. */
export function late(m: Pick<Measure, "state" | "ends" | "follow_up">, day: string): number {
	const ends = ["proposed", "decided", "ongoing"].includes(m.state) ? m.ends : null;
	const follow = ["decided", "ongoing", "done"].includes(m.state) ? m.follow_up : null;
	const [first] = [ends, follow].filter((d): d is string => !!d && d < day).sort();
	return first ? Math.round((Date.parse(day) - Date.parse(first)) / 86400000) : 0;
}
