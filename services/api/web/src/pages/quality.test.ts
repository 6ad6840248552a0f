import { expect, test } from "vitest";
import { concerns, dayOf, duration, share, stateOf, words, type Quality, type SourceQuality } from "./quality";

const q = { period: "2026-03", first: "2026-03", months: 1, today: "2026-03-31", zone: "Europe/Stockholm", sources: [], refused: [] } as Quality;
const source = (more: Partial<SourceQuality>) =>
	({ source: "staff", from_month: "2021-01", last_event_at: "2026-03-30T22:30:00+00:00", silent: false, usual_7d: 35, state: "complete", unmapped: 0, units: null, ...more }) as SourceQuality;

test("a share is never rounded to none or all", () => {
	expect(share(3, 200, "sv")).toBe("3 av 200 (2 %)");
	expect(share(1, 1000, "sv")).toMatch(/^1 av 1\s000 \(<1 %\)$/);
	expect(share(999, 1000, "en")).toBe("999 of 1,000 (>99 %)");
	expect(share(0, 7, "sv")).toBe("0 av 7 (0 %)");
	expect(share(0, 0, "sv")).toBe("..");
	expect([duration(null, "sv"), duration(1800, "sv"), duration(14400, "sv"), duration(604800, "en")]).toEqual(["..", "30 min", "4 tim", "7 days"]);
});

test("a day is the municipality's", () => {
	expect(dayOf("2026-03-30T22:30:00+00:00", "Europe/Stockholm", "sv")).toBe("31 mars 2026");
});

test("what state and since when", () => {
	expect(stateOf(source({}), q, "sv")).toBe("Levererar; senast 31 mars 2026");
	expect(stateOf(source({ silent: true }), q, "sv")).toBe("Tyst sedan 31 mars 2026; vanligen 35 i veckan");
	expect(stateOf(source({ silent: true, last_event_at: null }), q, "sv")).toBe("Har aldrig levererat; väntad sedan januari 2021");
	expect(stateOf(source({ last_event_at: null, from_month: "2027-01" }), q, "sv")).toBe("Inte ansluten än; väntas från januari 2027");
	expect(stateOf(source({ last_event_at: null }), q, "sv")).toBe("Har inte levererat än");
});

test("what to look at", () => {
	expect(concerns(source({}), q, "sv")).toEqual([]);
	const units = { active: 1, of: 2, units: [{ unit: "a", sv: "Skola", en: "Schools", months: 1, last: "2026-03" }, { unit: "b", sv: "Bibliotek", en: "Library", months: 0, last: null }] };
	const refused = [{ source: "staff", reason: "syntax", n: 2, last_at: null }, { source: "press", reason: "syntax", n: 9, last_at: null }];
	expect(concerns(source({ state: "missing", units }), q, "sv")).toEqual(["Mars 2026 saknas"]);
	expect(concerns(source({ state: "missing", silent: true, last_event_at: null }), q, "sv")).toEqual(["Har aldrig levererat; väntad sedan januari 2021"]);
	expect(concerns(source({ unmapped: 4, units }), { ...q, refused }, "sv")).toEqual([
		"1 enhet har inte rapporterat: Bibliotek",
		"4 av okänd typ",
		"2 avvisade meddelanden väntar",
	]);
	expect(concerns(source({ state: "filling", units }), q, "sv")).toEqual([]);
});

test("both languages say the same", () => {
	expect(Object.keys(words.en.reasons)).toEqual(Object.keys(words.sv.reasons));
	expect(words.en.explained.length).toBe(words.sv.explained.length);
});
