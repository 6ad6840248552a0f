// Which edition belongs to what is shown, and what its revisions sum to. Pure: since.test.ts.
import type { Listed } from "./document/words";

/** Of an edition, what is needed here. */
type Frozen = Pick<Listed, "id" | "period" | "start" | "months" | "area" | "state">;
export interface Revision {
	month: string;
	cause: string;
	delta: number;
}
interface Shown {
	first: string;
	months: number;
	area: { code: string };
}

const same = (e: Frozen, s: Shown) => e.months === s.months && e.area === s.area.code && e.state !== "withdrawn";
const latest = (all: Frozen[], by: (e: Frozen) => string | number) => all.reduce<Frozen | undefined>((a, b) => (a && by(a) >= by(b) ? a : b), undefined);

/** The newest edition of just this period. */
export const ofPeriod = (all: Frozen[], s: Shown) => latest(all.filter((e) => same(e, s) && e.start.slice(0, 7) === s.first), (e) => e.id);

/** The picture before: the last period of the same length that somebody has approved. */
export const before = (all: Frozen[], s: Shown) =>
	latest(
		all.filter((e) => same(e, s) && e.start.slice(0, 7) < s.first && (e.state === "approved" || e.state === "published")),
		(e) => `${e.start} ${String(e.id).padStart(9, "0")}`,
	);

/** By month, the newest first, and cause; what comes to nothing is left out. */
export function summed(rows: Revision[]): { month: string; causes: [string, number][] }[] {
	const months = new Map<string, Map<string, number>>();
	for (const r of rows) {
		const causes = months.get(r.month) ?? new Map<string, number>();
		months.set(r.month, causes.set(r.cause, (causes.get(r.cause) ?? 0) + r.delta));
	}
	return [...months]
		.map(([month, causes]) => ({ month, causes: [...causes].filter(([, n]) => n !== 0) }))
		.filter((m) => m.causes.length > 0)
		.sort((a, b) => (a.month < b.month ? 1 : -1));
}
