import { expect, test } from "vitest";
import type { Row, Summary } from "../api";
import { inWords, kindOf } from "./words";

const row = (category: string, sv: string, n: object, more: object = {}): Row => ({ category, sv, en: category, source: "police", est: true, n, verdict: "usual", holds: false, ...more }) as unknown as Row;
const picture = (more: object): Summary =>
	({
		area: { code: "1881", name: "Kumla" },
		period: "2026-02",
		months: 1,
		complete: true,
		tested: 3,
		verdicts: [],
		sources: [
			{ source: "police", sv: "Polisanmälningar", en: "Police reports", short: "polis", state: "complete" },
			{ source: "staff", sv: "Rapportörer", en: "Reporters", short: "personal", state: "nothing" },
		],
		rows: [row("DAM", "Skadegörelse", { n: 14 }), row("VIO", "Våld", { n: 1200 }), row("THE", "Stöld", { s: "<5" }), row("TRA", "Olyckor", { n: 90 }, { est: false })],
		...more,
	}) as unknown as Summary;

test("a quiet month", () => {
	expect(inWords(picture({}), "sv")).toEqual([
		"Alla 3 jämförelser med samma tid i fjol är inom det vanliga.",
		"Polisanmälningar: mest våld (1\u00a0200) och skadegörelse (14).",
		"Alla källor har levererat.",
	]);
});

test("a change that holds comes first, by name and number", () => {
	const said = inWords(picture({ verdicts: [{ area: "1881-centrum", name: "Centrum", sv: "Skadegörelse", en: "Damage", short: "polis", n: 14, last_year: 6, verdict: "increase" }] }), "sv");
	expect(said[0]).toBe("Skadegörelse i Centrum har sannolikt ökat: 14 mot 6 i fjol (polis).");
	expect(said[1]).toContain("Övriga 3");
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
