import { expect, test } from "vitest";
import type { Row, Summary } from "../api";
import { bySource, compared, inWords, kindOf, late, nextSteps, type Listed } from "./words";

const row = (category: string, sv: string, n: object, more: object = {}): Row => ({ category, sv, en: category, source: "police", est: true, n, last_year: n, p: 1, verdict: "usual", holds: false, ...more }) as unknown as Row;
const picture = (more: object): Summary =>
	({
		area: { code: "1881", name: "Kumla" },
		period: "2026-02",
		months: 1,
		complete: true,
		tested: 2,
		verdicts: [],
		areas: [],
		names: {},
		sources: [
			{ source: "police", sv: "Polisanmälningar", en: "Police reports", short: "polis", state: "complete" },
			{ source: "staff", sv: "Rapportörer", en: "Reporters", short: "personal", state: "nothing" },
		],
		rows: [row("DAM", "Skadegörelse", { n: 14 }), row("VIO", "Våld", { n: 1200 }), row("THE", "Stöld", { s: "<5" }, { p: null, verdict: "none" }), row("TRA", "Olyckor", { n: 90 }, { est: false })],
		...more,
	}) as unknown as Summary;

test("a quiet month", () => {
	expect(inWords(picture({}), "sv")).toEqual([
		"Ingen förändring håller av 2 jämförelser med samma tid i fjol som kunde göras; 2 är inom det vanliga.",
		"Polisanmälningar: mest våld (1\u00a0200) och skadegörelse (14).",
		"Alla källor har levererat.",
	]);
});

test("a change that holds comes first, by name and number", () => {
	const said = inWords(picture({ verdicts: [{ area: "1881-centrum", name: "Centrum", sv: "Skadegörelse", en: "Damage", short: "polis", n: 14, last_year: 6, verdict: "increase" }] }), "sv");
	expect(said[0]).toBe("Skadegörelse i Centrum har sannolikt ökat: 14 mot 6 i fjol (polis).");
	expect(said[1]).toContain("2 jämförelser");
});

test("what holds, of the comparisons that could be made; what may be chance by itself, and the areas", () => {
	const places = { "1881": { name: "Kumla", kind: "municipality", parent: "18" }, a: { name: "Stad", kind: "area", parent: "1881" }, b: { name: "Centrum", kind: "area", parent: "a" } };
	const found = [["1881", true], ["a", true], ["b", false]].map(([area, holds]) => ({ ...row("DAM", "", { n: 14 }), area, holds }));
	const rows = [row("DAM", "", { n: 14 }, { verdict: "increase", holds: true }), row("VIO", "", { n: 9 }, { verdict: "increase" }), row("THE", "", { n: 20 }), row("ARS", "", { n: 0 }), row("DRU", "", { n: 40 }, { verdict: "new" })];
	const s = picture({ area: { code: "1881", name: "Kumla", kind: "municipality" }, tested: 3, rows, areas: found, names: places });
	expect(compared(s, "sv")).toBe("1 förändring håller av 3 jämförelser som kunde göras; 1 kan vara slump, 1 är inom det vanliga. I områdena håller 1 av 2.");
	expect(compared(s, "en")).toBe("1 change holds of 3 comparisons that could be made; 1 may be chance, 1 is within the usual. In the areas 1 of 2 holds.");
	const verdicts = [{ area: "a", name: "Stad", sv: "Skadegörelse", en: "Damage", short: "polis", n: 14, last_year: 6, verdict: "increase" }];
	expect(inWords({ ...s, verdicts } as unknown as Summary, "sv")[0]).toContain("Skadegörelse i Stad (utan närmare plats) har");
});

test("what is missing is said, and nothing is compared before a period is whole", () => {
	const s = picture({ complete: false, sources: [{ source: "police", sv: "Polisanmälningar", en: "Police reports", short: "polis", state: "missing" }] });
	expect(inWords(s, "sv")[0]).toBe("Februari 2026 är inte hel än, så inget jämförs.");
	expect(inWords(s, "en").at(-1)).toBe("Nothing has come from police reports.");
});

test("small counts are no short history", () => {
	expect(inWords(picture({ tested: 0 }), "sv")[0]).toBe("Talen är för små för att en förändring ska kunna visas.");
	expect(inWords(picture({ tested: 0, rows: [] }), "sv")[0]).toBe("Inget går att jämföra med i fjol än.");
});

test("two years are the picture that the law asks for", () => {
	expect(kindOf({ period: "2024-01/2025-12", months: 24 })).toBe("law");
	expect(kindOf({ period: "2025T2", months: 4 })).toBe("tertial");
	expect(kindOf({ period: "2025-02/2025-03", months: 2 })).toBe("span");
});

test("the whole before its parts; more than a year is not compared with last year", () => {
	const found = (area: string | null, name: string | null, category: string, n: number) => ({ area, name, category, source: "police", sv: category, en: category, short: "polis", n, last_year: 1, verdict: "increase" });
	const verdicts = [found("c", "Centrum", "A", 9), found(null, null, "B", 8), found(null, null, "A", 12)];
	const said = inWords(picture({ verdicts, months: 24, period: "2024-01/2025-12" }), "sv");
	expect(said.slice(0, 3).map((x) => x.slice(0, 12))).toEqual(["A har sannol", "A i Centrum ", "B har sannol"]);
	expect(said[0]).toContain("12 mot 1 två år tidigare");
});

test("the police come first, the notices last", () => {
	const sources = ["press", "police", "citizen"].map((source) => ({ source }));
	const rows = ["citizen", "press", "police", "citizen"].map((source, n) => row(`${source}${n}`, "", { n }, { source }));
	expect(bySource(picture({ sources }), rows).map((r) => r.category)).toEqual(["police2", "citizen0", "citizen3", "press1"]);
});

test("the next steps: the latest whole month, tertial and two calendar years", () => {
	const e = (id: number, start: string, months: number, more: object = {}): Listed => ({ id, start, months, area: "1881", state: "draft", approved_at: null, ...more }) as unknown as Listed;
	const rows = [e(1, "2026-02-01", 1), e(2, "2026-02-01", 1), e(3, "2026-02-01", 1, { state: "withdrawn" }), e(4, "2026-02-01", 1, { area: "1881-x" }), e(5, "2022-01-01", 24, { approved_at: "2024-02-29T09:00:00Z" })];
	const steps = nextSteps(rows, "2026-02", "1881");
	expect(steps.map((s) => [s.period, s.months, s.edition?.id, s.renew])).toEqual([
		["2026-02", 1, 2, undefined],
		["2025T3", 4, undefined, undefined],
		["2024-01/2025-12", 24, undefined, "2026-02-28"],
	]);
	expect(nextSteps([], "2025-12", "1881").map((s) => s.period)).toEqual(["2025-12", "2025T3", "2024-01/2025-12"]);
	expect(nextSteps([], "2026-05", "1881")[1].period).toBe("2026T1");
});

test("how late a measure is: by its end while it is under way, by its follow-up once it is decided", () => {
	const m = (state: string, ends: string | null, follow_up: string | null) => late({ state, ends, follow_up }, "2026-03-31");
	expect([m("ongoing", "2026-03-19", "2026-05-01"), m("done", "2026-03-19", "2026-03-26"), m("proposed", null, "2026-03-01"), m("decided", "2026-03-31", null), m("dropped", "2026-01-01", null)]).toEqual([12, 5, 0, 0, 0]);
});
