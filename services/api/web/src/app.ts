// What all parts of the page share: language, address, session.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { Problem, get, type Session } from "./api";
import { texts, type Language, type Texts } from "./text";

export interface App {
	language: Language;
	t: Texts;
	session: Session;
	/** Goes up with every version of the figures. */
	version: string;
}
export const AppContext = createContext<App>(null as unknown as App);
export const useApp = () => useContext(AppContext);

export const kept = {
	get(key: string): string | null {
		try {
			return localStorage.getItem(key);
		} catch {
			return null;
		}
	},
	set(key: string, value: string | null): void {
		try {
			if (value === null) localStorage.removeItem(key);
			else localStorage.setItem(key, value);
		} catch {
			// A browser that keeps nothing loses nothing but comfort.
		}
	},
};

export function firstLanguage(): Language {
	const said = kept.get("language");
	return said === "en" || said === "sv" ? said : "sv";
}
export const textsOf = (language: Language): Texts => texts[language];

// ---- the address is the filter ----

export interface Address {
	path: string;
	query: URLSearchParams;
}
const read = (): Address => ({ path: location.pathname, query: new URLSearchParams(location.search) });
const listeners = new Set<() => void>();

export function go(path: string, replace = false): void {
	history[replace ? "replaceState" : "pushState"](null, "", path);
	listeners.forEach((call) => call());
}
window.addEventListener("popstate", () => listeners.forEach((call) => call()));

export function useAddress(): Address {
	const [address, set] = useState(read);
	useEffect(() => {
		const call = () => set(read());
		listeners.add(call);
		return () => void listeners.delete(call);
	}, []);
	return address;
}

/** The address with some arguments changed; an empty value takes one away. */
export function withQuery(address: Address, changes: Record<string, string>, path = address.path): string {
	const query = new URLSearchParams(address.query);
	for (const [k, v] of Object.entries(changes)) {
		if (v) query.set(k, v);
		else query.delete(k);
	}
	const text = query.toString();
	return path + (text ? "?" + text : "");
}

/** Follows a link without leaving the page. */
export function follow(event: MouseEvent): void {
	const a = (event.target as Element).closest("a");
	if (!a || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
	const to = a.getAttribute("href") ?? "";
	if (a.target || a.hasAttribute("download") || !to.startsWith("/") || to.startsWith("/api/")) return;
	event.preventDefault();
	go(to);
	if (!to.includes("#")) window.scrollTo(0, 0);
}

// ---- what is read, and read again when it has changed ----

export type Loaded<T> = { value?: T; problem?: Problem; stale?: boolean };

/** Reads path; again when the figures' version changes, keeping what is shown until then; while the api is away, every few seconds. */
export function useLoaded<T>(path: string | null, version = ""): Loaded<T> {
	const [state, set] = useState<{ path: string | null } & Loaded<T>>({ path });
	const [turn, again] = useState(0);
	useEffect(() => {
		if (!path) return;
		let over = false;
		let timer = 0;
		get<T>(path).then(
			(value) => over || set({ path, value }),
			(problem: Problem) => {
				if (over) return;
				set((old) => ({ path, problem, value: old.path === path ? old.value : undefined, stale: true }));
				if (problem.status === 0 || problem.status >= 500) timer = window.setTimeout(() => again((n) => n + 1), 3000);
			},
		);
		return () => {
			over = true;
			clearTimeout(timer);
		};
	}, [path, version, turn]);
	return state.path === path ? state : {};
}
