// Small things that several of the desk's pages show.
import { useMemo } from "preact/hooks";
import { useApp, useLoaded } from "../app";
import { dayName } from "../figure";
import { areaChoices, categoryChoices, daysLate, today, type Actor, type Area, type Category, type Level, type Measure, type Meeting, type Rows } from "./data";
import { useWords } from "./fields";

/** The lists that codes are names in. */
export function useNames() {
	const { language } = useApp();
	const { value: actors } = useLoaded<Rows<Actor>>("/api/v1/actors");
	const { value: areas } = useLoaded<Rows<Area>>("/api/v1/areas");
	const { value: categories } = useLoaded<Rows<Category>>("/api/v1/categories");
	return useMemo(() => {
		const here = areas?.rows.find((a) => a.kind === "area")?.municipality;
		return {
			ready: !!actors && !!areas && !!categories,
			municipality: here ?? "",
			actors: (actors?.rows ?? []).map((a): [string, string] => [a.code, a[language]]).sort((a, b) => a[1].localeCompare(b[1], language)),
			areas: areaChoices(areas?.rows ?? [], here),
			categories: categoryChoices(categories?.rows ?? [], language),
			/** Does one of two areas lie in the other? */
			around: (a: string | null, b: string | null) => within(areas?.rows ?? [], a, b) || within(areas?.rows ?? [], b, a),
			actor: (code: string | null) => actors?.rows.find((a) => a.code === code)?.[language] ?? code ?? "",
			area: (code: string | null) => areas?.rows.find((a) => a.code === code)?.name ?? code ?? "",
			category: (code: string | null) => categories?.rows.find((c) => c.code === code)?.[language] ?? code ?? "",
		};
	}, [actors, areas, categories, language]);
}
const within = (rows: Area[], inner: string | null, outer: string | null): boolean => {
	for (let at = inner, depth = 0; at && depth < 8; depth++, at = rows.find((a) => a.code === at)?.parent ?? null) if (at === outer) return true;
	return false;
};
export type Names = ReturnType<typeof useNames>;

/** How late, in words with a sign: never by colour alone. */
export function Late({ m }: { m: Measure }) {
	const w = useWords();
	if (!m.overdue) return null;
	const n = daysLate(m, today());
	return (
		<strong class="late">
			<span aria-hidden="true">! </span>
			{w.overdue}
			{n !== null && ` ${n} ${n === 1 ? w.dayLate : w.daysLate}`}
		</strong>
	);
}

/** A measure in a line: what, who, by when, how late. */
export function MeasureLine({ m, names }: { m: Measure; names: Names }) {
	const { language } = useApp();
	const w = useWords();
	const [by, what] = m.state === "done" || !m.ends ? [m.follow_up, w.follow_up] : [m.ends, w.ends];
	return (
		<li>
			<a href={`/atgarder/${m.id}`}>{m.title}</a> <span class="quiet">– {names.actor(m.owner)}</span>
			{by && (
				<span class="quiet">
					, {what.toLowerCase()} {dayName(by, language)}
				</span>
			)} <span class="badge">{w.states[m.state]}</span> <Late m={m} />
			{m.result && <p class="quiet">{m.result}</p>}
		</li>
	);
}

export const SHAPES: Record<Level, string> = { green: "●", yellow: "▲", red: "■" };

/** A level by word, shape and colour. */
export function LevelMark({ level }: { level: Level | undefined }) {
	const w = useWords();
	return (
		<span class={`level ${level ?? "unset"}`}>
			<span aria-hidden="true">{level ? SHAPES[level] : "○"} </span>
			{level ? w.levels[level] : w.notSet}
		</span>
	);
}

/** The same group's meetings before and after. */
export function neighbours(rows: Meeting[], m: Meeting): [Meeting | undefined, Meeting | undefined] {
	const mine = rows.filter((x) => x.grp === m.grp && (x.state !== "cancelled" || x.id === m.id)).sort((a, b) => a.day.localeCompare(b.day) || a.id - b.id);
	const at = mine.findIndex((x) => x.id === m.id);
	return [mine[at - 1], mine[at + 1]];
}
