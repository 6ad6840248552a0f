// A sheet that several people write on: only the fields that were changed are kept and sent, with the version that they were written from. Whoever
// saves second is told (409), sees the other's text beside their own, and chooses. Pure parts: sheet.test.ts.
import { useMemo, useRef, useState } from "preact/hooks";
import { change, Problem } from "../api";
import { useDraft } from "../draft";

type Fields = Record<string, unknown>;
/** What was written: the fields as they became, as they were, and of which version. */
export interface Draft {
	version: number;
	fields: Fields;
	base: Fields;
}
export const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

export function parse(text: string): Draft | null {
	try {
		const d = JSON.parse(text) as Draft;
		return typeof d.version === "number" && d.fields && d.base ? d : null;
	} catch {
		return null;
	}
}

/** A draft with a field written; null when nothing differs any more. */
export function write(draft: Draft | null, saved: Fields, version: number, name: string, value: unknown): Draft | null {
	const d = draft ?? { version, fields: {}, base: {} };
	const base = name in d.base ? d.base[name] : (saved[name] ?? null);
	const fields = { ...d.fields, [name]: value };
	if (same(value, base)) delete fields[name];
	return Object.keys(fields).length ? { version: d.version, fields, base: { ...d.base, [name]: base } } : null;
}

/** Fields that both have changed since the draft was begun. */
export const conflicts = (draft: Draft | null, now: Fields): string[] => (draft ? Object.keys(draft.fields).filter((k) => !same(now[k], draft.base[k]) && !same(now[k], draft.fields[k])) : []);

/** What is left once fields have been sent and the answer is here: what was written on meanwhile, now from the saved version. */
export function after(draft: Draft | null, sent: Fields, answer: Fields): Draft | null {
	const left = Object.entries(draft?.fields ?? {}).filter(([k, v]) => !same(tidy({ v }).v, sent[k]));
	return left.length ? { version: answer.version as number, fields: Object.fromEntries(left), base: Object.fromEntries(left.map(([k]) => [k, answer[k] ?? null])) } : null;
}

/** What is sent: lists of lines without empty ones. */
export const tidy = (fields: Fields): Fields =>
	Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, Array.isArray(v) ? v.map((x) => (typeof x === "string" ? x.trim() : x)).filter((x) => x !== "") : v]));

export interface Sheet<T> {
	/** The sheet with what was written in place of its own. */
	value: T;
	/** As the server has it. */
	saved: T;
	set: <K extends keyof T>(name: K, value: T[K]) => void;
	changed: string[];
	/** Somebody saved a newer version after this draft was begun; both: the fields that both changed. */
	newer: boolean;
	both: string[];
	/** Takes the other's text of a field in place of one's own. */
	take: (name: string) => void;
	save: () => Promise<T | null>;
	forget: () => void;
	busy: boolean;
	problem: Problem | null;
	done: boolean;
}

/** key: names the account too, so that what one has not saved is not shown to another at the same computer. saved: what the server has (for a new
 * one what it begins with, version 0). reload reads it anew, after a conflict. always: fields that every change has to give; what has an address
 * before it has been saved is always PUT. */
export function useSheet<T extends { version: number }>(key: string, saved: T, path: string, reload: () => void, always?: (keyof T & string)[]): Sheet<T> {
	const [{ text }, setText] = useDraft(key, "");
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<Problem | null>(null);
	const [done, setDone] = useState(false);
	const [made, setMade] = useState<T | null>(null);
	const draft = useMemo(() => parse(text), [text]);
	// What was just saved stands until it has been read again.
	const present = made && saved.version && made.version > saved.version ? { ...saved, ...made } : saved;
	const now = present as unknown as Fields;
	// Two fields may be written before the page is drawn again: the second builds on the first.
	const latest = useRef(text);
	latest.current = text;
	const keep = (d: Draft | null) => setText((latest.current = d ? JSON.stringify(d) : ""));
	const set = (name: string, value: unknown) => {
		keep(write(parse(latest.current), now, present.version, name, value));
		setDone(false);
	};
	return {
		value: { ...present, ...draft?.fields } as T,
		saved: present,
		set: set as Sheet<T>["set"],
		changed: Object.keys(draft?.fields ?? {}),
		newer: !!draft && draft.version !== present.version,
		both: conflicts(draft, now),
		take: (name) => set(name, draft?.base[name] ?? null),
		forget: () => (keep(null), setProblem(null)),
		busy,
		problem,
		done,
		async save() {
			setBusy(true);
			setProblem(null);
			try {
				// What the other wrote stands on the page when the newer version is sent: the writer has seen it.
				const fields = tidy(parse(latest.current)?.fields ?? {});
				for (const k of always ?? []) if (!(k in fields)) fields[k] = now[k];
				const answer = present.version || always ? await change<T>("PUT", path, { ...fields, version: present.version }) : await change<T>("POST", path, { ...blankless(now), ...fields });
				keep(answer && present.version ? after(parse(latest.current), fields, answer as unknown as Fields) : null);
				setMade(answer);
				setDone(true);
				reload();
				return answer;
			} catch (e) {
				setProblem(e as Problem);
				if ((e as Problem).status === 409) reload();
				return null;
			} finally {
				setBusy(false);
			}
		},
	};
}

/** What a new sheet sends of what it began with. */
const blankless = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([k, v]) => v !== null && v !== "" && !["version", "id", "next", "overdue"].includes(k)));
