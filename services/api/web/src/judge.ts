// What the page may say of figures: nothing is computed from one that lacks something. Pure: judge.test.ts.
import type { AreaRow, Figure, Row, Source } from "./api";

/** A figure from which a change may be computed. */
export function whole(f: Figure): f is { n: number } {
	return f.n !== undefined && f.s === undefined;
}

export function difference(now: Figure, then: Figure): number | null {
	return whole(now) && whole(then) ? now.n - then.n : null;
}

/** What rose and what fell the most, of what EST follows and where both sides are whole. */
export function movers(rows: Row[], by: (r: Row) => number | null, most: number): { up: Row[]; down: Row[] } {
	const known = rows.filter((r) => r.est && r.verdict !== "new").map((row) => ({ row, d: by(row) ?? 0 }));
	const side = (sign: number) =>
		known
			.filter((k) => k.d * sign > 0)
			.sort((a, b) => sign * (b.d - a.d))
			.slice(0, most)
			.map((k) => k.row);
	return { up: side(1), down: side(-1) };
}

/** An area's figure: that none was counted is zero only where the source tells of areas and has delivered all of the period. */
export function areaFigure(found: AreaRow | undefined, source: Source | undefined): Figure {
	if (found) return found.n;
	return source && source.areas !== false && (source.state === "complete" || source.state === "nothing") ? { n: 0 } : { s: ".." };
}

/** The same of the year before. */
export function areaBefore(found: AreaRow | undefined, source: Source | undefined): Figure {
	if (found) return found.last_year;
	return source && source.areas !== false && source.known_last_year ? { n: 0 } : { s: ".." };
}
