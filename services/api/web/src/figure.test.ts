import { expect, test } from "vitest";
import { addMonths, apart, areaName, asTertial, dayName, daysName, periodInText, periodName, shown, signed, spoken, withoutParts, type Cell } from "./figure";

test("a figure says what it lacks", () => {
	expect(shown({ n: 1234 }, "sv").replace(/\s/g, " ")).toBe("1 234");
	expect(shown({ n: 0 }, "sv")).toBe("0");
	expect(shown({ s: ".." }, "sv")).toBe("..");
	expect(shown({ s: "<5" }, "sv")).toBe("<5");
	expect(shown({ n: 7, s: "≥" }, "sv")).toBe("≥7");
	expect(shown({ n: 7, s: "p" }, "sv")).toBe("7*");
	expect(spoken({ s: ".." }, "sv")).toBe("uppgift saknas");
	expect(spoken({ n: 7, s: "≥" }, "en")).toBe("at least 7");
	expect(signed(-3, "sv")).toBe("−3");
	expect(signed(0, "sv")).toBe("±0");
	expect(signed(null, "sv")).toBe("");
});

test("periods have names", () => {
	expect(periodName("2026-03", "sv")).toBe("Mars 2026");
	expect(periodName("2026T1", "sv")).toBe("Tertial 1 2026 (januari–april)");
	expect(periodName("2026", "sv")).toBe("2026");
	expect(periodName("2026-02/2026-03", "sv")).toBe("Februari–mars 2026");
	expect(periodName("2025-12/2026-01", "en")).toBe("December 2025–January 2026");
	expect(addMonths("2026-01", -1)).toBe("2025-12");
	expect(addMonths("2025-11", 14)).toBe("2027-01");
	expect(asTertial("2026-05")).toBe("2026T2");
});

test("days are told as people say them", () => {
	expect(dayName("2026-03-03", "sv")).toBe("3 mars 2026");
	expect(dayName("2026-03-03", "en", false)).toBe("3 March");
	expect(dayName(null, "sv")).toBe("");
	expect(daysName("2026-01-10", "2026-03-19", "sv")).toBe("10 januari – 19 mars 2026");
	expect(daysName("2025-12-01", "2026-02-19", "sv")).toBe("1 december 2025 – 19 februari 2026");
	expect(daysName("2026-04-30", "2026-04-30", "sv")).toBe("30 april 2026");
	expect(daysName("2026-04-10", null, "sv")).toBe("från 10 april 2026");
	expect(daysName(null, "2026-04-10", "en")).toBe("until 10 April 2026");
	expect(daysName(null, null, "sv")).toBe("");
	expect(periodInText("2026-03", "sv")).toBe("mars 2026");
});

const inside = (kind: string, code: string, parent: string) => ({ [code]: { name: code, kind, parent } });
const places = (kind: string) => ({ area: { code: "k", name: "Kumla", kind, parent: null }, names: { ...inside(kind, "k", "l"), ...inside("area", "stad", "k"), ...inside("area", "centrum", "stad") } });

test("an area whose parts have figures of their own is named as what is left", () => {
	expect(["k", "stad", "centrum"].map((code) => areaName(places("municipality"), code, "sv"))).toEqual(["k, utan närmare plats", "stad, utan närmare plats", "centrum"]);
	// A county's municipalities are whole.
	expect(apart(places("county"), "stad")).toBe(false);
	expect(apart(places("county"), "k")).toBe(true);
});

test("its months are its own without its parts', and no more than is sure", () => {
	const cell = (area: string, period: string, n: number | null, status: Cell["status"] = null): Cell => ({ area, period, n, status });
	const rows = [cell("stad", "1", 9), cell("centrum", "1", 4), cell("stad", "2", 3, "≥"), cell("centrum", "2", null, "<5"), cell("stad", "3", null, "<5"), cell("centrum", "3", 0)];
	rows.push(cell("stad", "4", null, "<5"), cell("centrum", "4", null, "<5"), cell("stad", "5", 4, "p"), cell("centrum", "5", 4, "p"));
	expect(withoutParts(rows, "stad", places("municipality").names).map((c) => [c.n, c.status])).toEqual([
		[5, null],
		[3, "≥"],
		[null, "<5"],
		[null, ".."],
		[null, ".."],
	]);
});
