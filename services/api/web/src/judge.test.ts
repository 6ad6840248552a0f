import { expect, test } from "vitest";
import type { AreaRow, Row, Source, Summary } from "./api";
import { areaFigure, bestTime, difference, inOrder, judgement, mostTelling, movers, season, shadeOf, shades, whole } from "./judge";

const row = (n: number, last: number, more: Partial<Row> = {}) => ({ est: true, verdict: "usual", n: { n }, last_year: { n: last }, ...more }) as Row;

test("no change is computed where anything is missing", () => {
	expect(whole({ n: 0 })).toBe(true);
	expect(difference({ n: 4 }, { n: 6 })).toBe(-2);
	for (const lacking of [{ s: ".." }, { s: "<5" }, { n: 9, s: "≥" }, { n: 9, s: "p" }] as const) {
		expect(difference({ n: 4 }, lacking)).toBe(null);
		expect(difference(lacking, { n: 4 })).toBe(null);
	}
});

test("the verdict counts what was tested", () => {
	const s = { rows: [row(1, 2, { verdict: "new" }), row(1, 2, { verdict: "none" }), row(3, 2), row(1, 1, { est: false, verdict: "none" })], verdicts: [{}, {}], tested: 13 };
	expect(judgement(s as unknown as Summary)).toEqual({ hold: 2, usual: 11, tooShort: 1, notCompared: 1 });
});

test("what rose and fell, the most first", () => {
	const rows = [row(9, 4), row(2, 4), row(20, 4), row(3, 3), row(50, 1, { verdict: "new" }), row(50, 1, { est: false })];
	const { up, down } = movers(rows, (r) => difference(r.n, r.last_year), 2);
	expect(up.map((r) => r.n.n)).toEqual([20, 9]);
	expect(down.map((r) => r.n.n)).toEqual([2]);
});

test("an area without a count is zero only where the source has delivered", () => {
	expect(areaFigure({ n: { s: "<5" } } as AreaRow, undefined)).toEqual({ s: "<5" });
	expect(areaFigure(undefined, { state: "complete" } as Source)).toEqual({ n: 0 });
	for (const state of ["filling", "missing", "not_connected", "partly"]) expect(areaFigure(undefined, { state } as Source)).toEqual({ s: ".." });
	expect(areaFigure(undefined, undefined)).toEqual({ s: ".." });
});

test("best time over midnight and days side by side", () => {
	const counts = new Array(168).fill(0);
	for (const day of [4, 5]) for (const h of [21, 22, 23, 24]) counts[(day * 24 + h) % 168] = 10;
	counts[10] = 5;
	expect(bestTime(counts)).toEqual({ days: [4, 5], from: 21, to: 1, share: 80 / 85 });
	expect(bestTime(new Array(168).fill(0).map((_, i) => (i < 10 ? 1 : 0)))).toBe(null);
	const sunday = new Array(168).fill(0);
	sunday[6 * 24 + 22] = sunday[0] = 20;
	expect(bestTime(sunday)?.days).toEqual([6]);
});

test("a month's mean leaves out what is not known", () => {
	const wheel = season("2025-11", [2, 4, null, 6, ...new Array(8).fill(null), 4]);
	expect(wheel[10]).toBe(3);
	expect(wheel[11]).toBe(4);
	expect(wheel[0]).toBe(null);
	expect(wheel[1]).toBe(6);
});

test("shades", () => {
	expect(shades([0, 2])).toEqual([1, 2]);
	expect(shades([0, 40, 7])).toEqual([1, 10, 20, 30]);
	expect(shades([])).toEqual([]);
	expect([0, 1, 10, 39].map((n) => shadeOf(n, shades([40])))).toEqual([0, 1, 2, 4]);
});

test("a map shows what is told by area, and what holds before that", () => {
	const r = (category: string, n: number, more: Partial<Row> = {}) => row(n, 0, { category, source: "staff", ...more });
	const s = { area: { code: "1881" }, areas: [{ area: "1881-a", category: "DAM", source: "staff", n: { n: 2 } }] } as Summary;
	expect(mostTelling(s, [r("CON", 69, { n: { n: 69, s: "≥" } }), r("DAM", 2), r("VIO", 9)])?.category).toBe("DAM");
	expect(mostTelling(s, [r("DAM", 2), r("VIO", 9, { holds: true })])?.category).toBe("VIO");
	expect(mostTelling(s, [])).toBe(undefined);
	expect(inOrder([{ source: "press" }, { source: "police" }] as Source[]).map((x) => x.source)).toEqual(["police", "press"]);
});
