// What hours of the week tell. Pure: hours.test.ts.
import type { Figure, Hours, Row } from "../api";

const days = { sv: ["mån", "tis", "ons", "tor", "fre", "lör", "sön"], en: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] };
export const dayNames = (language: "sv" | "en"): string[] => days[language];

/** Of an hour of the week, Monday 00 being the first. */
export const dayName = (i: number, language: "sv" | "en") => days[language][Math.floor(i / 24)];

/** How probable n or more are where mean are expected (Poisson). */
function atLeast(n: number, mean: number): number {
	let log = -mean;
	for (let k = 1; k <= n; k++) log += Math.log(mean / k);
	let sum = 0;
	for (let k = n, term = Math.exp(log); term > sum * 1e-12 && k < n + 10000; k++, term *= mean / k) sum += term;
	return Math.min(1, sum);
}

/** The four hours in a row, of one weekday, in which most happens; "" when little happens at all, or when an even spread would have such a block as
 * well: one of 168 is the largest by chance alone, so each is held against a 168th of 5 %. */
export function busiest(cells: number[], language: "sv" | "en"): string {
	const whole = cells.reduce((a, b) => a + b, 0);
	if (whole < 20) return "";
	let best = 0;
	let at = 0;
	for (let i = 0; i < 168; i++) {
		let n = 0;
		for (let k = 0; k < 4; k++) n += cells[(i + k) % 168];
		if (n > best) [best, at] = [n, i];
	}
	if (atLeast(best, (whole * 4) / 168) * 168 > 0.05) return "";
	const hour = (i: number) => String(i % 24).padStart(2, "0");
	return `${dayName(at, language)} ${hour(at)}–${hour(at + 4)}`;
}

/** How many of a source's twelve months of events have an hour, and of how many; null: all. */
export function timed(rows: Row[], h: Hours): { n: number; of: Figure } | null {
	const mine = rows.filter((r) => r.source === h.source && r.est === h.est);
	const n = h.n12.reduce((a, b) => a + b, 0);
	const of = mine.reduce((sum, r) => sum + (r.r12.n ?? 0), 0);
	return n < of ? { n, of: { n: of, ...(mine.some((r) => r.r12.s) ? { s: "≥" as const } : {}) } } : null;
}
