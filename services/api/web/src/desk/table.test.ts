import { describe, expect, it } from "vitest";
import type { Measure } from "./data";
import { asText, cells, cellText, exported, fieldOf, toTable } from "./table";

describe("a table from a spreadsheet", () => {
	it("knows the heads that people write", () => {
		expect(["Rubrik", "ÄGARE", "Följs upp", "follow_up", "Ska vara klar:", "Owner", "same-problem"].map(fieldOf)).toEqual(["title", "owner", "follow_up", "follow_up", "ends", "owner", "same_problem"]);
		expect(fieldOf("Budget")).toBeNull();
	});
	it("reads what Excel puts on the clipboard", () => {
		expect(cells('Rubrik\tProblem\r\nLampor\t"Mörkt,\r\n""otryggt"""\r\n')).toEqual([
			["Rubrik", "Problem"],
			["Lampor", 'Mörkt,\r\n"otryggt"'],
		]);
	});
	it("reads both kinds of CSV, with a mark of UTF-8 or without", () => {
		expect(cells("\uFEFFRubrik;Plats\nA;Torget, norra")).toEqual([
			["Rubrik", "Plats"],
			["A", "Torget, norra"],
		]);
		expect(cells("title,place\nA,\"Square; north\"\n\n")).toEqual([
			["title", "place"],
			["A", "Square; north"],
		]);
	});
	it("makes rows of fields; leaves out what it does not know, and says so", () => {
		const t = toTable(cells("Rubrik\tÄgare\tBudget\tid\tTitel\nLampor\tTeknik och gata\t100\t7\tx\n\t\t\t\t\n"));
		expect(t.rows).toEqual([{ title: "Lampor", owner: "Teknik och gata" }]);
		expect(t.unknown).toEqual(["Budget", "Titel"]);
	});
	it("writes a workbook's cells as they are pasted, and reads them back", () => {
		const all = [
			["Rubrik", "Börjar", "Offentlig"],
			["A\tB", new Date("2026-04-01T00:00:00Z"), true],
		].map((r) => r.map(cellText));
		expect(all[1]).toEqual(["A\tB", "2026-04-01", "ja"]);
		expect(cells(asText(all))).toEqual(all);
	});
	it("gives measures to Excel in words, and knows them again", () => {
		const m = { title: "Lampor; norra", state: "followed-up", owner: "teknik", area: null, category: "DAM", kind: "situational", perspective: "victim", starts: "2026-04-01", notes: "=1+1", public: true, problem: 'Sa "mörkt"' } as Measure;
		const named = { owner: () => "Teknik och gata", area: () => "", category: () => "Skadegörelse" };
		for (const language of ["sv", "en"] as const) {
			const [heads] = cells(exported([], language, named));
			expect(heads.map(fieldOf)).not.toContain(null);
			expect(new Set(heads.map(fieldOf)).size).toBe(heads.length);
		}
		const text = exported([m], "sv", named);
		expect(text.startsWith("\uFEFFRubrik;Läge;Ansvarig;")).toBe(true);
		expect(text.split("\r\n")).toHaveLength(3);
		expect(text).toContain('"Lampor; norra";uppföljd;Teknik och gata;2026-04-01;');
		expect(text).toContain('"\'=1+1"');
		expect(toTable(cells(text)).rows[0]).toMatchObject({ title: "Lampor; norra", state: "uppföljd", kind: "situationell", perspective: "brottsoffer", public: "ja", problem: 'Sa "mörkt"' });
	});
	it("makes nothing of nothing", () => {
		expect(toTable([["Rubrik", "Anteckningar"], ["'-Lampor", "'citat"]]).rows).toEqual([{ title: "-Lampor", notes: "'citat" }]);
		expect(toTable(cells("")).rows).toEqual([]);
	});
});
