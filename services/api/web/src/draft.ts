// What is being written is kept in the browser until it has been saved: a session that ends, a closed lid or a lost network takes nothing.
// With it is kept what it was written from, so that what somebody else has saved meanwhile is not lost either.
import { useEffect, useState } from "preact/hooks";

const PREFIX = "lagesbild.draft.";

export interface Keeper {
	getItem(key: string): string | null;
	setItem(key: string, value: string): void;
	removeItem(key: string): void;
}
export interface Draft {
	text: string;
	/** What the server had when the writing began. */
	from: string;
}

/** The kept text, or what the server has when nothing newer is kept. */
export function kept(store: Keeper, key: string, saved: string): Draft {
	try {
		const found = JSON.parse(store.getItem(PREFIX + key) ?? "null");
		if (typeof found?.text === "string" && typeof found.from === "string" && found.text !== saved) return found;
	} catch {
		// Nothing of ours.
	}
	return { text: saved, from: saved };
}

export function keep(store: Keeper, key: string, draft: Draft): void {
	if (draft.text === draft.from) store.removeItem(PREFIX + key);
	else store.setItem(PREFIX + key, JSON.stringify(draft));
}

/** The server has text: what has been written since then is kept, as written from it. */
export function drop(store: Keeper, key: string, text: string): void {
	const now = kept(store, key, text);
	keep(store, key, { text: now.text, from: text });
}

/** A field named by key ("text.2026-03.1881.public"): [draft, set, done]; done is called with the text that the server has got. */
export function useDraft(key: string, saved: string): [Draft, (text: string) => void, (text: string) => void] {
	const [draft, set] = useState(() => kept(localStorage, key, saved));
	useEffect(() => set(kept(localStorage, key, saved)), [key, saved]);
	return [
		draft,
		(text) => {
			const next = { text, from: draft.from };
			set(next);
			keep(localStorage, key, next);
		},
		(text) => {
			drop(localStorage, key, text);
			set(kept(localStorage, key, text));
		},
	];
}
