// What all pages share: language, theme, who is signed in, the address, whether the server is there, and the figures' version.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { format, parse, type Address } from "./address";
import { get, Problem, type Session } from "./api";
import { texts, type Language, type Texts } from "./text";

export interface Shared {
	language: Language;
	t: Texts;
	session: Session | null;
	at: Address;
	version: string;
	/** Says that an answer came, or that the server could not be reached. */
	reached: (there: boolean) => void;
}

export const SharedContext = createContext<Shared>(null as unknown as Shared);

export function useShared(): Shared {
	return useContext(SharedContext);
}

export function textsOf(language: Language): Texts {
	return texts[language];
}

/** A setting of this browser: "lagesbild.language" and so on. */
export function useSetting(name: string, otherwise: string): [string, (value: string) => void] {
	const key = "lagesbild." + name;
	const [value, set] = useState(() => localStorage.getItem(key) ?? otherwise);
	return [
		value,
		(next) => {
			localStorage.setItem(key, next);
			set(next);
		},
	];
}

// ---- the address ----

const MOVED = "lagesbild-moved";

export function go(to: Partial<Address>, replace = false): void {
	const path = format(to);
	if (replace) history.replaceState(null, "", path);
	else history.pushState(null, "", path);
	dispatchEvent(new Event(MOVED));
}

export function useAddress(): Address {
	const now = () => parse(location.pathname, location.search);
	const [at, set] = useState(now);
	useEffect(() => {
		const moved = () => set(now());
		addEventListener("popstate", moved);
		addEventListener(MOVED, moved);
		return () => {
			removeEventListener("popstate", moved);
			removeEventListener(MOVED, moved);
		};
	}, []);
	return at;
}

/** A click on a link of our own stays on the page; with a modifier key it is the browser's. */
export function follow(e: MouseEvent): void {
	const a = (e.target as Element).closest?.("a");
	if (!a || e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
	if (a.origin !== location.origin || a.target || a.hasAttribute("download") || a.pathname.startsWith("/api/")) return;
	e.preventDefault();
	if (a.hash && a.pathname === location.pathname && a.search === location.search) {
		const to = document.getElementById(a.hash.slice(1));
		to?.scrollIntoView();
		to?.focus();
		return;
	}
	go(parse(a.pathname, a.search));
	if (a.pathname !== location.pathname) scrollTo(0, 0);
}

// ---- what is fetched ----

export interface Loaded<T> {
	data: T | null;
	problem: Problem | null;
}

const RETRY_MS = 3000;

/** The answer at path, fetched again when the figures change; the old one stands until the new one is there. "" fetches nothing. */
export function useData<T>(path: string): Loaded<T> {
	const { version, reached, session } = useShared();
	const [held, set] = useState<Loaded<T> & { path: string }>({ path: "", data: null, problem: null });
	useEffect(() => {
		if (!path || !session?.account) return;
		let wanted = true;
		let timer = 0;
		const load = async () => {
			try {
				const data = await get<T>(path);
				if (wanted) set({ path, data, problem: null });
				reached(true);
			} catch (e) {
				if (!wanted || !(e instanceof Problem)) return;
				const away = e.status === 0 || e.status >= 502;
				if (away) {
					reached(false);
					timer = window.setTimeout(load, RETRY_MS);
				} else if (e.status !== 401) set({ path, data: null, problem: e });
			}
		};
		void load();
		return () => {
			wanted = false;
			clearTimeout(timer);
		};
	}, [path, version, session?.account]);
	return held.path === path ? held : { data: null, problem: null };
}

/** The figures' version as the server tells of it; the connection comes back by itself. */
export function useVersion(on: boolean): string {
	const [version, set] = useState("");
	useEffect(() => {
		if (!on) return;
		let source: EventSource;
		let timer = 0;
		const open = () => {
			source = new EventSource("/api/v1/changes");
			source.addEventListener("figures", (e) => set((e as MessageEvent<string>).data));
			source.onerror = () => {
				if (source.readyState !== EventSource.CLOSED) return;
				timer = window.setTimeout(open, RETRY_MS * 2);
			};
		};
		open();
		return () => {
			clearTimeout(timer);
			source.close();
		};
	}, [on]);
	return version;
}
