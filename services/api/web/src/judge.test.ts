import { expect, test } from "vitest";
import type { AreaRow, Row, Source } from "./api";
import { areaBefore, areaFigure, difference, movers, whole } from "./judge";

const row = (n: number, last: number, more: Partial<Row> = {}) => ({ est: true, verdict: "usual", n: { n }, last_year: { n: last }, ...more }) as Row;

test("no change is computed where anything is missing", () => {
	expect(whole({ n: 0 })).toBe(true);
	expect(difference({ n: 4 }, { n: 6 })).toBe(-2);
	for (const lacking of [{ s: ".." }, { s: "<5" }, { n: 9, s: "≥" }, { n: 9, s: "p" }] as const) {
		expect(difference({ n: 4 }, lacking)).toBe(null);
		expect(difference(lacking, { n: 4 })).toBe(null);
	}
});

test("what rose and fell, the most first", () => {
	const rows = [row(9, 4), row(2, 4), row(20, 4), row(3, 3), row(50, 1, { verdict: "new" }), row(50, 1, { est: false }), row(99, 0, { last_year: { s: ".." } })];
	const { up, down } = movers(rows, (r) => difference(r.n, r.last_year), 2);
	expect(up.map((r) => r.n.n)).toEqual([20, 9]);
	expect(down.map((r) => r.n.n)).toEqual([2]);
});

test("an area without a count is zero only where the source has delivered", () => {
	expect(areaFigure({ n: { s: "<5" } } as AreaRow, undefined)).toEqual({ s: "<5" });
	expect(areaFigure(undefined, { state: "complete" } as Source)).toEqual({ n: 0 });
	for (const state of ["filling", "missing", "not_connected", "partly"]) expect(areaFigure(undefined, { state } as Source)).toEqual({ s: ".." });
	expect(areaFigure(undefined, undefined)).toEqual({ s: ".." });
	const whole = { state: "complete", known_last_year: true, areas: false } as Source;
	expect([areaFigure(undefined, whole), areaBefore(undefined, whole)]).toEqual([{ s: ".." }, { s: ".." }]);
	expect(areaBefore(undefined, { ...whole, areas: true })).toEqual({ n: 0 });
});
