// A picture in plain words, made from its numbers. Pure: words.test.ts.
import type { Row, Summary } from "../api";
import { periodName } from "../figure";
import type { Language } from "../text";

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
const number = (n: number, language: Language) => n.toLocaleString(language === "sv" ? "sv-SE" : "en-GB");

function list(items: string[], language: Language): string {
	const last = items[items.length - 1];
	return items.length < 2 ? (last ?? "") : `${items.slice(0, -1).join(", ")} ${language === "sv" ? "och" : "and"} ${last}`;
}

/** "inom det vanliga" of what was compared and does not hold. */
export function usual(s: Summary): Row[] {
	return s.rows.filter((r) => r.est && !r.holds && (r.verdict === "usual" || r.verdict === "increase" || r.verdict === "decrease"));
}

function verdicts(s: Summary, language: Language): string[] {
	const sv = language === "sv";
	const name = periodName(s.period, language);
	if (!s.complete) return [sv ? `${name} är inte hel än, så inget jämförs.` : `${name} is not whole yet, so nothing is compared.`];
	if (!s.tested)
		return usual(s).length || s.rows.some((r) => !r.est && r.verdict === "usual")
			? [sv ? "Talen är för små för att en förändring ska kunna visas." : "The counts are too small for a change to show."]
			: [sv ? "Inget går att jämföra med i fjol än." : "Nothing can be compared with last year yet."];
	const held = s.verdicts.filter((v) => v.area !== s.area.code).map((v) => {
		const what = `${sv ? v.sv : v.en}${v.name ? (sv ? ` i ${v.name}` : ` in ${v.name}`) : ""}`;
		const how = v.verdict === "increase" ? (sv ? "har sannolikt ökat" : "has probably risen") : sv ? "har sannolikt minskat" : "has probably fallen";
		return `${what} ${how}: ${number(v.n, language)} ${sv ? "mot" : "against"} ${number(v.last_year, language)} ${sv ? "i fjol" : "last year"} (${v.short}).`;
	});
	const rest = usual(s).length;
	const tail = sv
		? `${held.length ? "Övriga" : "Alla"} ${rest} jämförelser med samma tid i fjol är inom det vanliga.`
		: `${held.length ? "The other" : "All"} ${rest} comparisons with the same time last year are within the usual.`;
	return rest ? [...held, tail] : held;
}

/** The three largest of each source in what EST follows; a figure that lacks something is no more than it says. */
function most(s: Summary, language: Language): string[] {
	const sv = language === "sv";
	return s.sources.flatMap((source) => {
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
	const named = (...states: string[]) => s.sources.filter((x) => states.includes(x.state)).map((x) => lower(x[language]));
	const parts: string[] = [];
	const missing = named("missing", "not_connected");
	const filling = named("filling", "partly");
	if (missing.length) parts.push(sv ? `Underlag saknas från ${list(missing, language)}.` : `Nothing has come from ${list(missing, language)}.`);
	if (filling.length) parts.push(sv ? `Ännu inte helt: ${list(filling, language)}.` : `Not whole yet: ${list(filling, language)}.`);
	return parts.length ? parts.join(" ") : sv ? "Alla källor har levererat." : "All sources have delivered.";
}

/** Sentences for the top of the page: what has changed, what there is most of, what is missing. */
export function inWords(s: Summary, language: Language): string[] {
	const all = [...verdicts(s, language), ...most(s, language)];
	return s.sources.length > 1 || s.sources[0]?.state !== "complete" ? [...all, delivered(s, language)] : all;
}

export type Kind = "month" | "tertial" | "year" | "law" | "span";

/** What a picture of that length is called. Two years are the lägesbild of Lag (2023:196), which is renewed at least every second year. */
export function kindOf(s: { period: string; months: number }): Kind {
	if (s.months === 1) return "month";
	if (s.months === 24) return "law";
	return /T[123]$/.test(s.period) ? "tertial" : s.months === 12 ? "year" : "span";
}
