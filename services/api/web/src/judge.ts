// What the page says of the figures: nothing is computed from a figure that lacks something. Pure: judge.test.ts.
import type { AreaRow, Figure, Row, Source, Summary } from "./api";

/** A figure from which a change may be computed. */
export function whole(f: Figure): f is { n: number } {
	return f.n !== undefined && f.s === undefined;
}

export function difference(now: Figure, then: Figure): number | null {
	return whole(now) && whole(then) ? now.n - then.n : null;
}

export interface Judgement {
	hold: number;
	usual: number;
	tooShort: number;
	notCompared: number;
}

/** The verdict in numbers: those that hold, those within the usual, and what could not be compared at all. */
export function judgement(s: Summary): Judgement {
	const rows = s.rows.filter((r) => r.est);
	return {
		hold: s.verdicts.length,
		usual: Math.max(0, s.tested - s.verdicts.length),
		tooShort: rows.filter((r) => r.verdict === "new").length,
		notCompared: rows.filter((r) => r.verdict === "none").length,
	};
}

/** What rose and what fell the most, by a difference that both sides are whole for. */
export function movers(rows: Row[], by: (r: Row) => number | null, most: number): { up: Row[]; down: Row[] } {
	const known = rows.filter((r) => r.est && r.verdict !== "new").map((row) => ({ row, d: by(row) }));
	const side = (sign: number) =>
		known
			.filter((k) => k.d !== null && k.d * sign > 0)
			.sort((a, b) => sign * (b.d! - a.d!))
			.slice(0, most)
			.map((k) => k.row);
	return { up: side(1), down: side(-1) };
}

/** An area's figure: none was counted is zero only where the source has delivered. */
export function areaFigure(found: AreaRow | undefined, source: Source | undefined): Figure {
	if (found) return found.n;
	return source && (source.state === "complete" || source.state === "nothing") ? { n: 0 } : { s: ".." };
}

export interface BestTime {
	days: number[]; // Monday 0
	from: number;
	to: number; // the hour after the last
	share: number;
}

const WINDOW = 4;

/** The four hours, on the days side by side, in which most happens; null: too few to say. counts: Monday 00 first. */
export function bestTime(counts: number[]): BestTime | null {
	const total = counts.reduce((a, b) => a + b, 0);
	if (total < 30) return null;
	const window = (start: number) => {
		let sum = 0;
		for (let i = 0; i < WINDOW; i++) sum += counts[(start + i) % 168];
		return sum;
	};
	let best = 0;
	for (let k = 1; k < 168; k++) if (window(k) > window(best)) best = k;
	const hour = best % 24;
	const day = Math.floor(best / 24);
	const of = (d: number) => window((((d + 7) % 7) * 24 + hour) % 168);
	const days = [day];
	for (let d = day - 1; days.length < 7 && of(d) >= 0.7 * of(day); d--) days.unshift((d + 7) % 7);
	for (let d = day + 1; days.length < 7 && of(d) >= 0.7 * of(day); d++) days.push(d % 7);
	return { days, from: hour, to: (hour + WINDOW) % 24, share: days.reduce((a, d) => a + of(d), 0) / total };
}

/** Mean by calendar month (January first) of the months that are known; null where none is. */
export function season(first: string, series: (number | null)[]): (number | null)[] {
	const sums = Array.from({ length: 12 }, () => ({ n: 0, of: 0 }));
	const start = Number(first.slice(5, 7)) - 1;
	series.forEach((n, i) => {
		if (n === null) return;
		const at = sums[(start + i) % 12];
		at.n += n;
		at.of++;
	});
	return sums.map((s) => (s.of ? s.n / s.of : null));
}

/** Limits of at most four shades for a map: a place's shade is how many limits it reaches. */
export function shades(values: number[]): number[] {
	const max = Math.max(0, ...values);
	if (max <= 4) return Array.from({ length: max }, (_, i) => i + 1);
	return [1, 0.25, 0.5, 0.75].map((share, i) => (i === 0 ? 1 : Math.ceil(max * share)));
}

export function shadeOf(n: number, limits: number[]): number {
	return limits.filter((l) => n >= l).length;
}

/** Notices are a selection of events, so they come last and fill no verdict's place. */
export function inOrder(sources: Source[]): Source[] {
	return [...sources.filter((s) => s.source !== "press"), ...sources.filter((s) => s.source === "press")];
}

/** The row that a map shows unasked: one that holds, else the largest whole figure that is told by area. */
export function mostTelling(s: Summary, rows: Row[]): Row | undefined {
	const est = rows.filter((r) => r.est && r.source !== "press");
	const parted = (r: Row) => s.areas.some((a) => a.category === r.category && a.source === r.source && a.area !== s.area.code && (a.n.n ?? 0) > 0);
	const largest = [...est].sort((a, b) => (b.n.n ?? 0) - (a.n.n ?? 0));
	return est.find((r) => r.holds) ?? largest.find((r) => r.n.s !== "≥" && parted(r)) ?? est[0] ?? rows[0];
}
