// What is being written is kept in the browser until it has been saved: a session that ends, a closed lid or a lost network takes nothing.
import { useEffect, useState } from "preact/hooks";

const PREFIX = "lagesbild.draft.";

export interface Keeper {
	getItem(key: string): string | null;
	setItem(key: string, value: string): void;
	removeItem(key: string): void;
}

/** The kept text, or what the server has when nothing newer is kept. */
export function kept(store: Keeper, key: string, saved: string): string {
	return store.getItem(PREFIX + key) ?? saved;
}

export function keep(store: Keeper, key: string, text: string, saved: string): void {
	if (text === saved) store.removeItem(PREFIX + key);
	else store.setItem(PREFIX + key, text);
}

/** Text of a field named by key ("note.2026-03.brott"): [text, set, done]; done is called when the server has it. */
export function useDraft(key: string, saved: string): [string, (text: string) => void, () => void] {
	const [text, set] = useState(() => kept(localStorage, key, saved));
	useEffect(() => set(kept(localStorage, key, saved)), [key, saved]);
	return [
		text,
		(next) => {
			set(next);
			keep(localStorage, key, next, saved);
		},
		() => localStorage.removeItem(PREFIX + key),
	];
}
