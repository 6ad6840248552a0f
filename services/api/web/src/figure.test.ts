import { expect, test } from "vitest";
import { addMonths, asTertial, dayName, daysName, periodInText, periodName, shown, signed, spoken } from "./figure";

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
