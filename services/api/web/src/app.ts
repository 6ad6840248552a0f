// What all parts of the page share: language, address, session.
import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { getVersioned, Problem, type Session } from "./api";
import { earlier } from "./figure";
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
/** The same for what is said of a period: with what it is compared. */
export const comparing = (app: App, months: number): App => ({ ...app, t: { ...app.t, lastYear: earlier(months, app.language) } });

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

/** Where the page that one comes back to was left, until it stands there again. */
let left: number | null = null;

export function go(path: string, replace = false): void {
	left = null;
	if (!replace) history.replaceState({ y: scrollY }, "");
	history[replace ? "replaceState" : "pushState"](null, "", path);
	listeners.forEach((call) => call());
}
window.addEventListener("popstate", (e) => {
	left = (e.state as { y?: number } | null)?.y ?? null;
	listeners.forEach((call) => call());
});

/** What a page calls once it has what it shows: the place where it was left, as soon as so much stands there; the reader who scrolls is let be. */
export function returned(): void {
	const y = left;
	left = null;
	if (!y) return;
	const ends = ["wheel", "touchstart", "keydown", "pointerdown", "popstate"];
	const stop = () => {
		grows.disconnect();
		ends.forEach((name) => window.removeEventListener(name, stop));
	};
	const grows = new ResizeObserver(() => {
		window.scrollTo(0, y);
		if (Math.abs(scrollY - y) < 2) stop();
	});
	grows.observe(document.body);
	ends.forEach((name) => window.addEventListener(name, stop));
}

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

// ---- what is sent ----

/** What changes something, one at a time: [what was wrong, send]. send tells whether it went well; while one is under way no other is sent. */
export function useSending(): [trouble: string, send: (work: () => Promise<unknown>) => Promise<boolean>] {
	const { t } = useApp();
	const [trouble, setTrouble] = useState("");
	const under = useRef(false);
	const send = async (work: () => Promise<unknown>) => {
		if (under.current) return false;
		under.current = true;
		setTrouble("");
		try {
			await work();
			return true;
		} catch (e) {
			setTrouble((e as Problem).title || t.away);
			return false;
		} finally {
			under.current = false;
		}
	};
	return [trouble, send];
}

/** A double click on a button is one. */
export function once(event: MouseEvent): void {
	if (event.detail < 2 || !(event.target as Element).closest("button")) return;
	event.preventDefault();
	event.stopPropagation();
}

// ---- what is read, and read again when it has changed ----

export type Loaded<T> = { value?: T; problem?: Problem; stale?: boolean };

/** Reads path; again when the figures' version changes, keeping what is shown until then; while the api is away, every few seconds. */
export function useLoaded<T>(path: string | null, version = ""): Loaded<T> {
	const { values, problem, stale } = useTogether(path ? [path] : [], version);
	return { value: path ? (values[path] as T | undefined) : undefined, problem, stale };
}

interface Together {
	/** What was read, by path; of one version of the figures. */
	values: Record<string, unknown>;
	problem?: Problem;
	stale?: boolean;
}

/** At a new version all open pages ask: within so long, not at once. */
const SPREAD_MS = 400;

/** Reads paths that stand beside each other: what is shown of them is always of one version of the figures. */
export function useTogether(paths: string[], version = ""): Together {
	const key = paths.join(" ");
	const [state, set] = useState<Together & { key: string }>({ key, values: {} });
	const [turn, again] = useState(0);
	const reading = useRef(false);
	const held = useRef(""); // the version of what has come, be it drawn yet or not
	const wanted = useRef(version);
	wanted.current = version;
	useEffect(() => {
		if (!key) return;
		let over = false;
		let timer = 0;
		const later = (ms: number) => (timer = window.setTimeout(() => again((n) => n + 1), ms));
		reading.current = true;
		Promise.all(paths.map((path) => getVersioned<unknown>(path))).then(
			(read) => {
				if (over) return;
				const of = new Set(read.map((r) => r.of));
				if (of.size > 1) return void later(200); // one was asked for before the version changed, one after
				reading.current = false;
				held.current = [...of][0];
				set({ key, values: Object.fromEntries(paths.map((path, i) => [path, read[i].value])) });
				if (wanted.current === version) {
					// While somebody else makes the new one, the api gives the one before.
					if (version && !of.has("") && !of.has(version)) later(1000);
				} else if (!of.has(wanted.current)) later(0);
			},
			(problem: Problem) => {
				if (over) return;
				reading.current = false;
				held.current = "";
				set((old) => ({ key, problem, values: old.values, stale: true }));
				if (problem.status === 0 || problem.status >= 500) later(3000);
			},
		);
		return () => {
			over = true;
			clearTimeout(timer);
		};
	}, [key, turn]);
	useEffect(() => {
		// What is of this version already, as when a page has just been opened, is not read again; what is being read is looked at when it has come.
		if (state.key !== key || reading.current || held.current === version) return;
		const timer = window.setTimeout(() => again((n) => n + 1), held.current ? Math.random() * SPREAD_MS : 0);
		return () => clearTimeout(timer);
	}, [version]);
	// What was read for other paths says nothing of these, but where they are the same.
	return state.key === key ? state : { values: state.values };
}
