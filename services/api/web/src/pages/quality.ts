// Words of the page about data quality, and how its figures are told. Pure: quality.test.ts.
import type { State } from "../api";
import { monthName, periodName } from "../figure";
import type { Language } from "../text";

export interface Unit {
	unit: string;
	sv: string;
	en: string;
	/** In how many of the period's months it has reported. */
	months: number;
	last: string | null;
}
export interface SourceQuality {
	source: string;
	sv: string;
	en: string;
	from_month: string | null;
	last_event_at: string | null;
	silent: boolean;
	received_7d: number;
	usual_7d: number | null;
	weeks: (number | null)[];
	lag_p50_s: number | null;
	lag_p90_s: number | null;
	unmapped_7d: number;
	without_area_7d: number;
	state: State;
	/** Messages, and of them those whose type was unknown. */
	received: number;
	unmapped: number;
	/** Events that count, and of them those in category UNK. */
	n: number;
	unclear: number;
	without_area: number;
	inside: number;
	unplaced: number;
	/** null, as are the next four: nothing but history that was imported. */
	arrived: number | null;
	late: number | null;
	corrected: number | null;
	withdrawn: number | null;
	unfounded: number | null;
	units: { active: number; of: number; units: Unit[] } | null;
}
export interface Quality {
	period: string;
	first: string;
	months: number;
	today: string;
	zone: string;
	sources: SourceQuality[];
	refused: { source: string; reason: string; n: number; last_at: string | null }[];
}

const sv = {
	lead: "Vad siffrorna är värda: vilka källor som levererar, hur fort, vad som inte gick att förstå och vilka enheter som har rapporterat. En ändring kan bero på att mer har hänt, eller på att mer har rapporterats.",
	now: "Att titta på",
	allWell: "Alla anslutna källor levererar, och inget väntar på åtgärd.",
	units: (active: number, of: number) => `${active}/${of} enheter`,
	silentSince: (day: string, usual: string) => `Tyst sedan ${day}${usual}`,
	usually: (n: string) => `; vanligen ${n} i veckan`,
	never: (month: string) => `Har aldrig levererat; väntad sedan ${month}`,
	notYet: "Har inte levererat än",
	notConnected: (month: string) => `Inte ansluten än; väntas från ${month}`,
	delivers: (day: string) => `Levererar; senast ${day}`,
	lacksPeriod: (period: string) => `${period} saknas`,
	unitsSilent: (n: number, names: string) => `${n === 1 ? "1 enhet" : `${n} enheter`} har inte rapporterat: ${names}`,
	unmappedSome: (n: string) => `${n} av okänd typ`,
	refusedSome: (n: string) => `${n} avvisade meddelanden väntar`,
	states: { complete: "levererat", nothing: "inget att rapportera", filling: "fylls på", missing: "saknas", not_connected: "inte ansluten", partly: "delvis" } as Record<State, string>,
	week: "Sju dagar",
	usual: (n: string) => `vanligen ${n}`,
	noUsual: "ingen vanlig vecka än",
	weeksLabel: "Mottagna per vecka, äldst först",
	lag: "Fördröjning",
	lagText: (half: string, most: string) => `hälften inom ${half}, nio av tio inom ${most}`,
	late: "Sena",
	history: "importerad historik",
	unmapped: "Okänd typ",
	unclear: "Övrigt/okänt",
	unplaced: "Utan område",
	outside: (n: string) => `, och ${n} utan kommun`,
	changed: "Ändrade",
	changedText: (c: string, w: string, u: string) => `${c} rättade, ${w} återtagna, ${u} obefogade`,
	reported: "Har rapporterat",
	notReported: "Har inte rapporterat",
	last: (month: string) => `senast ${month}`,
	neverReported: "aldrig",
	of: "av",
	monthsOf: (n: number, of: number) => `${n} av ${of} mån`,
	refused: "Avvisade meddelanden",
	refusedLead: "Meddelanden som inte gick att ta emot. De räknas inte, men är inte borta: driften kan laga och sända om dem.",
	noneRefused: "Inga avvisade meddelanden väntar.",
	reason: "Varför",
	count: "Antal",
	latest: "Senast",
	hint: "För driften:",
	legend: "Vad raderna betyder",
	explained: [
		["Sju dagar", "Meddelanden som tagits emot de senaste sju dagarna, och en vanlig vecka: medel av de åtta före. Staplarna är de nio senaste veckorna; strecket är en vanlig vecka."],
		["Tyst", "Inget har kommit på tre gånger så lång tid som det brukar dröja, dock minst sju dagar (månadsvis källa: en månad och dess leveranstid)."],
		["Fördröjning", "Tiden från händelsen tills den kom hit, för veckans meddelanden. Importerad historik säger inget om det och är inte med."],
		["Sena", "Andel av periodens händelser som kom när månaden redan räknades som hel (månadens slut och källans leveranstid), och alltså ändrade ett tal som någon kan ha läst."],
		["Okänd typ", "Andel av periodens meddelanden vars typ inte fanns i översättningen. De räknas som Övrigt/okänt tills driften lägger till typen."],
		["Övrigt/okänt", "Andel av periodens händelser i den kategorin: typen är okänd, eller säger inte vad som hände."],
		["Utan område", "Andel av kommunens händelser som inte kunde placeras i något av kommunens områden. Källor som bara anger kommun har alla där."],
		["Ändrade", "Händelser i perioden som ett senare meddelande rättade, återtog eller fann obefogade."],
		["Enheter", "En enhet har rapporterat när den har sagt något om månaden, också ”inget att rapportera”. Färre enheter ger färre händelser utan att mindre har hänt."],
	] as [string, string][],
	reasons: {
		encoding: "Texten är inte i UTF-8 och kan inte läsas.",
		syntax: "Meddelandet är avklippt eller inte giltig JSON.",
		schema: "Meddelandet har inte den form som är avtalad för källan.",
		"missing-field": "Ett fält som måste finnas saknas.",
		"bad-value": "Ett fält har ett värde som inte är tillåtet.",
		"bad-time": "Tiden går inte att läsa eller är orimlig.",
		"too-large": "Meddelandet eller ett fält är för stort.",
		"personal-data": "Meddelandet innehåller personuppgifter där inga får finnas.",
		"unknown-schema": "Meddelandet följer ett schema som inte finns registrerat.",
		constraint: "Databasen tog inte emot uppgiften.",
		"mixed-delivery": "Källan sänder både händelser och månadsantal för samma månad.",
		purged: "Innehållet är borttaget för alltid (gallrat).",
	} as Record<string, string>,
};

const en: typeof sv = {
	lead: "What the figures are worth: which sources deliver, how fast, what could not be understood and which units have reported. A change may be that more happened or that more was reported.",
	now: "To look at",
	allWell: "All connected sources deliver, and nothing waits.",
	units: (active, of) => `${active}/${of} units`,
	silentSince: (day, usual) => `Silent since ${day}${usual}`,
	usually: (n) => `; usually ${n} a week`,
	never: (month) => `Has never delivered; expected since ${month}`,
	notYet: "Has not delivered yet",
	notConnected: (month) => `Not connected yet; expected from ${month}`,
	delivers: (day) => `Delivers; last on ${day}`,
	lacksPeriod: (period) => `${period} is missing`,
	unitsSilent: (n, names) => `${n === 1 ? "1 unit has" : `${n} units have`} not reported: ${names}`,
	unmappedSome: (n) => `${n} of an unknown type`,
	refusedSome: (n) => `${n} refused messages wait`,
	states: { complete: "delivered", nothing: "nothing to report", filling: "still coming", missing: "missing", not_connected: "not connected", partly: "partly" },
	week: "Seven days",
	usual: (n) => `usually ${n}`,
	noUsual: "no usual week yet",
	weeksLabel: "Received by week, oldest first",
	lag: "Delay",
	lagText: (half, most) => `half within ${half}, nine in ten within ${most}`,
	late: "Late",
	history: "imported history",
	unmapped: "Unknown type",
	unclear: "Other/unknown",
	unplaced: "Without area",
	outside: (n) => `, and ${n} in no municipality`,
	changed: "Changed",
	changedText: (c, w, u) => `${c} corrected, ${w} withdrawn, ${u} unfounded`,
	reported: "Have reported",
	notReported: "Have not reported",
	last: (month) => `last ${month}`,
	neverReported: "never",
	of: "of",
	monthsOf: (n, of) => `${n} of ${of} months`,
	refused: "Refused messages",
	refusedLead: "Messages that could not be taken in. They do not count, but are not gone: operations can mend and send them again.",
	noneRefused: "No refused messages wait.",
	reason: "Why",
	count: "Count",
	latest: "Last",
	hint: "For operations:",
	legend: "What the rows mean",
	explained: [
		["Seven days", "Messages received in the last seven days, and a usual week: the mean of the eight before. The bars are the last nine weeks; the line is a usual week."],
		["Silent", "Nothing has come for three times as long as it usually takes, at least seven days (a monthly source: a month and its time to deliver)."],
		["Delay", "From the event until it came here, of the week's messages. Imported history says nothing of it and is left out."],
		["Late", "Share of the period's events that came when the month already counted as complete (its end and the source's time to deliver), and so changed a figure that somebody may have read."],
		["Unknown type", "Share of the period's messages whose type was not in the mapping. They count as Other or unknown until operations adds the type."],
		["Other/unknown", "Share of the period's events in that category: the type is unknown, or does not say what happened."],
		["Without area", "Share of the municipality's events that could be placed in none of its areas. Sources that name only the municipality have all of theirs there."],
		["Changed", "Events of the period that a later message corrected, withdrew or found unfounded."],
		["Units", "A unit has reported when it has said anything about the month, “nothing to report” too. Fewer units give fewer events without less having happened."],
	],
	reasons: {
		encoding: "The text is not UTF-8 and cannot be read.",
		syntax: "The message is cut off or not valid JSON.",
		schema: "The message does not have the form agreed for the source.",
		"missing-field": "A field that must be there is missing.",
		"bad-value": "A field has a value that is not allowed.",
		"bad-time": "The time cannot be read or is unreasonable.",
		"too-large": "The message or a field is too large.",
		"personal-data": "The message holds personal data where none may be.",
		"unknown-schema": "The message follows a schema that is not registered.",
		constraint: "The database did not accept it.",
		"mixed-delivery": "The source sends both events and monthly counts for one month.",
		purged: "The content has been removed for ever (purged).",
	},
};

export const words = { sv, en };

const locale = { sv: "sv-SE", en: "en-GB" };

export const number = (n: number | null, language: Language): string =>
	n === null ? ".." : n.toLocaleString(locale[language], { maximumFractionDigits: n < 10 ? 1 : 0 });

/** "3 av 214 (1 %)"; ".." where there is nothing to be a share of. A share of something is never shown as none, nor as all. */
export function share(part: number, whole: number, language: Language): string {
	if (whole <= 0) return "..";
	const percent = (part / whole) * 100;
	const shown = part > 0 && percent < 1 ? "<1" : part < whole && percent > 99 ? ">99" : Math.round(percent).toString();
	return `${number(part, language)} ${words[language].of} ${number(whole, language)} (${shown} %)`;
}

export function duration(s: number | null, language: Language): string {
	if (s === null) return "..";
	const [n, unit] = s < 7200 ? [s / 60, "min"] : s < 172800 ? [s / 3600, language === "sv" ? "tim" : "h"] : [s / 86400, language === "sv" ? "dygn" : "days"];
	return `${Math.round(n)} ${unit}`;
}

/** The local day, where the municipality lies. */
export const dayOf = (at: string, zone: string, language: Language): string =>
	new Date(at).toLocaleDateString(locale[language], { timeZone: zone, day: "numeric", month: "long", year: "numeric" });

/** How the source does, in a line. */
export function stateOf(s: SourceQuality, q: Quality, language: Language): string {
	const w = words[language];
	if (!s.last_event_at) {
		if (s.silent) return w.never(monthName(s.from_month!, language));
		return s.from_month && s.from_month > q.today.slice(0, 7) ? w.notConnected(monthName(s.from_month, language)) : w.notYet;
	}
	const day = dayOf(s.last_event_at, q.zone, language);
	return s.silent ? w.silentSince(day, s.usual_7d ? w.usually(number(s.usual_7d, language)) : "") : w.delivers(day);
}

/** What a person may have to do something about, the worst first; "" for none. */
export function concerns(s: SourceQuality, q: Quality, language: Language): string[] {
	const w = words[language];
	const silent = s.units?.units.filter((u) => u.months === 0) ?? [];
	const refused = q.refused.filter((r) => r.source === s.source).reduce((sum, r) => sum + r.n, 0);
	return [
		s.silent ? stateOf(s, q, language) : "",
		s.state === "missing" && s.last_event_at ? w.lacksPeriod(periodName(q.period, language)) : "",
		s.state !== "filling" && s.state !== "missing" && silent.length ? w.unitsSilent(silent.length, silent.map((u) => u[language]).join(", ")) : "",
		s.unmapped > 0 ? w.unmappedSome(number(s.unmapped, language)) : "",
		refused > 0 ? w.refusedSome(number(refused, language)) : "",
	].filter(Boolean);
}
