import { expect, test } from "vitest";
import { before, ofPeriod, summed } from "./since";

const shown = { first: "2026-03", months: 1, area: { code: "1881" } };
const edition = (id: number, start: string, state: string, more = {}) => ({ id, period: start.slice(0, 7), start, months: 1, area: "1881", state, ...more });

test("the picture before is the last period of the same kind that was approved, whenever it was made", () => {
	const all = [
		edition(1, "2026-01-01", "published"),
		edition(2, "2026-02-01", "published"),
		edition(3, "2026-02-01", "approved"),
		edition(4, "2026-02-01", "draft"),
		edition(5, "2026-01-01", "published"),
		edition(6, "2026-02-01", "published", { months: 4 }),
		edition(7, "2026-02-01", "published", { area: "18" }),
		edition(8, "2026-02-01", "withdrawn"),
	];
	expect(before(all, shown)?.id).toBe(3);
	expect(before([], shown)).toBeUndefined();
	expect(ofPeriod(all, shown)).toBeUndefined();
	expect(ofPeriod([...all, edition(9, "2026-03-01", "draft"), edition(10, "2026-03-01", "withdrawn")], shown)?.id).toBe(9);
	expect(before([edition(9, "2026-01-01", "approved"), edition(10, "2025-12-01", "approved")], shown)?.id).toBe(9);
});

test("changes are told by month, source and cause; what was moved is not nothing", () => {
	const row = (month: string, source: string, cause: string, delta: number) => ({ month, source, cause, delta });
	const rows = [row("2026-01", "police", "late", 2), row("2026-02", "police", "late", 1), row("2026-02", "police", "corrected", -1), row("2026-02", "police", "corrected", 1), row("2026-02", "press", "late", -1)];
	expect(summed(rows)).toEqual([
		{ month: "2026-02", source: "police", causes: [{ cause: "late", more: 1, less: 0 }, { cause: "corrected", more: 1, less: 1 }] },
		{ month: "2026-02", source: "press", causes: [{ cause: "late", more: 0, less: 1 }] },
		{ month: "2026-01", source: "police", causes: [{ cause: "late", more: 2, less: 0 }] },
	]);
	const hidden = [{ ...row("2026-01", "social", "corrected", 0), delta: null }, row("2026-01", "social", "corrected", 6)];
	expect(summed(hidden)).toEqual([{ month: "2026-01", source: "social", causes: [{ cause: "corrected", more: 6, less: 0, hidden: true }] }]);
	expect(summed([])).toEqual([]);
});
