import { describe, expect, it } from "vitest";
import { areaChoices, categoryChoices, counts, daysBetween, daysLate, dueBy, inOrder, kept, lacking, type Measure } from "./data";
import { effectMonths } from "./effect";

const measure = (m: Partial<Measure>): Measure => ({ id: 1, title: "", owner: "teknik", area: null, state: "ongoing", ends: null, follow_up: null, result: null, public: false, public_text: null, overdue: false, ...m }) as Measure;

describe("measures", () => {
	it("counts days over a change of clocks", () => expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2));
	it("is as late as the api says, else by its end or its follow-up", () => {
		expect(daysLate(measure({ overdue: true, days_late: 12, ends: "2026-01-01" }), "2026-04-01")).toBe(12);
		expect(daysLate(measure({ overdue: true, ends: "2026-03-30" }), "2026-04-01")).toBe(2);
		expect(daysLate(measure({ overdue: true, state: "done", ends: "2026-01-01", follow_up: "2026-03-31" }), "2026-04-01")).toBe(1);
		expect(daysLate(measure({ ends: "2026-03-30" }), "2026-04-01")).toBeNull();
	});
	const rows = [
		measure({ id: 1, state: "dropped", ends: "2026-01-01" }),
		measure({ id: 2, ends: "2026-05-01" }),
		measure({ id: 3, overdue: true, days_late: 2 }),
		measure({ id: 4, overdue: true, days_late: 9, state: "done", area: "x" }),
		measure({ id: 5, state: "decided", follow_up: "2026-04-15", owner: "polisen" }),
	];
	it("puts the latest first and closed ones last", () => expect(inOrder(rows, "2026-04-01").map((m) => m.id)).toEqual([4, 3, 5, 2, 1]));
	it("has to be followed up at a meeting: what is late, and what is due by its day", () => {
		const due = [...rows, measure({ id: 6, state: "done", ends: "2026-01-01", follow_up: "2026-06-01" }), measure({ id: 7, state: "proposed", ends: "2026-04-01" })];
		expect(dueBy(due, "2026-05-01").map((m) => m.id)).toEqual([2, 3, 4, 5]);
	});
	it("counts what a line says", () => expect(counts(rows)).toEqual({ overdue: 2, ongoing: 2, following: 1 }));
	it("filters by owner, area, state and lateness", () => {
		const ids = (f: object) => kept(rows, { actor: "", area: "", state: "", ...f }).map((m) => m.id);
		expect([ids({ actor: "polisen" }), ids({ area: "x" }), ids({ state: "ongoing" }), ids({ state: "overdue" })]).toEqual([[5], [4], [2, 3], [3, 4]]);
	});
	it("says what is lacking for a state", () => {
		expect(lacking(measure({}), "proposed")).toEqual([]);
		expect(lacking(measure({}), "decided")).toEqual(["follow_up"]);
		expect(lacking(measure({ follow_up: "2026-01-01", result: " " }), "followed-up")).toEqual(["result"]);
		expect(lacking(measure({ public: true }), "proposed")).toEqual(["public_text"]);
	});
	it("is judged by whole months after it began, at most twelve", () => {
		expect(effectMonths("2026-01-10", "2026-03")).toEqual(["2026-02", "2026-03"]);
		expect(effectMonths("2026-01-01", "2026-03")).toEqual(["2026-01", "2026-03"]);
		expect(effectMonths("2024-01-01", "2026-03")).toEqual(["2025-04", "2026-03"]);
		expect(effectMonths("2026-03-02", "2026-03")).toBeNull();
		expect(effectMonths(null, "2026-03")).toBeNull();
	});
});

it("choices stand by name, what belongs to another below it, and no institution", () => {
	const area = (code: string, name: string, more: object = {}) => ({ code, name, kind: "area", parent: "1881", municipality: "1881", ...more });
	const areas = [area("1881-anstalten", "Anstalten", { institution: true }), area("1881-asen", "Åsen"), area("1881", "Kumla", { kind: "municipality" }), area("1881-centrum", "Centrum"), area("1880-x", "Annan", { municipality: "1880" })];
	expect(areaChoices(areas, "1881").map(([, name]) => name)).toEqual(["Kumla", "Centrum", "Åsen"]);
	const category = (code: string, sv: string, parent: string | null = null) => ({ code, sv, en: sv, parent, est: true });
	const categories = [category("ACC", "Ölyckor"), category("VIO", "Våld"), category("ACC.B", "Vilt", "ACC"), category("ACC.A", "Övrig", "ACC"), category("ZZZ", "Alkohol")];
	expect(categoryChoices(categories, "sv").map(([, name]) => name)).toEqual(["Alkohol", "Våld", "Ölyckor", "– Vilt", "– Övrig"]);
});
