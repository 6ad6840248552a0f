import { expect, test } from "vitest";
import type { Hours, Row } from "../api";
import { busiest, timed } from "./hours";

const week = (even: number, block: number) => Array.from({ length: 168 }, (_, i) => (i >= 48 + 7 && i < 48 + 11 ? block : i % Math.round(1 / even) === 0 ? 1 : 0));

test("a block is named only where an even spread would not have it", () => {
	expect(busiest(week(1 / 2, 2), "sv")).toBe(""); // 8 of 90, of which an even spread has 2 in four hours
	expect(busiest(week(1 / 2, 5), "sv")).toBe("ons 07–11");
	expect(busiest(week(1 / 2, 5), "en")).toBe("Wed 07–11");
	expect(busiest(Array(168).fill(300), "sv")).toBe("");
	expect(busiest(week(1 / 168, 4), "sv")).toBe(""); // 17 in all
});

test("how many have an hour is said when not all have", () => {
	const h: Hours = { source: "police", est: true, n: [], n12: [3, 4] };
	const row = (n: number, s?: string) => ({ source: "police", est: true, r12: { n, s } }) as unknown as Row;
	expect(timed([row(5), row(2)], h)).toBeNull();
	expect(timed([row(5), row(6), { ...row(50), est: false }], h)).toEqual({ n: 7, of: { n: 11 } });
	expect(timed([row(5), row(6, "≥")], h)).toEqual({ n: 7, of: { n: 11, s: "≥" } });
});
