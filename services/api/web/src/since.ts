// Which edition belongs to what is shown, and what its revisions sum to. Pure: since.test.ts.
import type { Listed } from "./document/words";

/** Of an edition, what is needed here. */
type Frozen = Pick<Listed, "id" | "period" | "start" | "months" | "area" | "state">;
export interface Revision {
	month: string;
	source: string;
	cause: string;
	/** None where a side is withheld. */
	delta: number | null;
}
interface Shown {
	first: string;
	months: number;
	area: { code: string };
}

const same = (e: Frozen, s: Shown) => e.months === s.months && e.area === s.area.code && e.state !== "withdrawn";
export const greatest = <E extends Frozen>(all: E[], by: (e: E) => string | number) => all.reduce<E | undefined>((a, b) => (a && by(a) >= by(b) ? a : b), undefined);

/** The newest edition of just this period. */
export const ofPeriod = <E extends Frozen>(all: E[], s: Shown) => greatest(all.filter((e) => same(e, s) && e.start.slice(0, 7) === s.first), (e) => e.id);

/** The picture before: the last period of the same length that somebody has approved. */
export const before = <E extends Frozen>(all: E[], s: Shown) =>
	greatest(
		all.filter((e) => same(e, s) && e.start.slice(0, 7) < s.first && (e.state === "approved" || e.state === "published")),
		(e) => `${e.start} ${String(e.id).padStart(9, "0")}`,
	);

export interface Change {
	month: string;
	source: string;
	/** What came to a cell, and what was taken from one: a correction that moves an incident does both. */
	causes: { cause: string; more: number; less: number; hidden?: true }[];
}

/** By month, the newest first, and source: sources are never added up, nor what came against what went. */
export function summed(rows: Revision[]): Change[] {
	const changes = new Map<string, Change>();
	for (const r of rows) {
		const key = `${r.month} ${r.source}`;
		const change: Change = changes.get(key) ?? { month: r.month, source: r.source, causes: [] };
		changes.set(key, change);
		let found = change.causes.find((c) => c.cause === r.cause);
		if (!found) change.causes.push((found = { cause: r.cause, more: 0, less: 0 }));
		if (r.delta === null) found.hidden = true;
		else if (r.delta > 0) found.more += r.delta;
		else found.less -= r.delta;
	}
	return [...changes.values()].sort((a, b) => (a.month < b.month ? 1 : a.month > b.month ? -1 : 0));
}
