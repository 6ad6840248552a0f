import { describe, expect, it } from "vitest";
import { after, conflicts, parse, tidy, write } from "./sheet";

const saved = { title: "Lampor", notes: null, depends_on: [1] };

describe("a sheet that several write on", () => {
	it("keeps only what was changed, with the version it was begun from", () => {
		const d = write(null, saved, 3, "notes", "Beställt");
		expect(d).toEqual({ version: 3, fields: { notes: "Beställt" }, base: { notes: null } });
		expect(parse(JSON.stringify(d))).toEqual(d);
	});
	it("is nothing once everything is as it was", () => {
		expect(write(write(null, saved, 3, "depends_on", [1, 2]), saved, 3, "depends_on", [1])).toBeNull();
	});
	it("tells which fields both have changed", () => {
		const d = write(write(null, saved, 3, "notes", "Beställt"), saved, 3, "title", "Nya lampor");
		expect(conflicts(d, saved)).toEqual([]);
		expect(conflicts(d, { ...saved, notes: "Klart" })).toEqual(["notes"]);
		expect(conflicts(d, { ...saved, depends_on: [] })).toEqual([]);
		expect(conflicts(d, { ...saved, title: "Nya lampor" })).toEqual([]);
	});
	it("stays a conflict while one writes on", () => {
		const d = write(null, saved, 3, "notes", "Beställt");
		const other = { ...saved, notes: "Klart" };
		expect(conflicts(write(d, other, 4, "notes", "Beställt igen"), other)).toEqual(["notes"]);
	});
	it("lets the other's text stand when it is taken", () => {
		const d = write(null, saved, 3, "notes", "Beställt");
		expect(write(d, { ...saved, notes: "Klart" }, 4, "notes", null)).toBeNull();
	});
	it("keeps what is written while a save is under way", () => {
		const d = write(write(null, saved, 3, "notes", "Beställt och kl"), saved, 3, "title", "Nya lampor");
		expect(after(d, { notes: "Beställt", title: "Nya lampor" }, { version: 4, notes: "Beställt", title: "Nya lampor" })).toEqual({ version: 4, fields: { notes: "Beställt och kl" }, base: { notes: "Beställt" } });
		expect(after(write(null, saved, 3, "agenda", ["a", ""]), { agenda: ["a"] }, { version: 4 })).toBeNull();
	});
	it("sends no empty lines", () => expect(tidy({ agenda: ["a", " b ", "", " "], depends_on: [1], notes: " x " })).toEqual({ agenda: ["a", "b"], depends_on: [1], notes: " x " }));
	it("is not troubled by what is no draft", () => expect([parse(""), parse("{"), parse('{"version":1}')]).toEqual([null, null, null]));
});
