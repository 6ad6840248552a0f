// What the api answers (schemas/sql/020_figures.sql, 021_desk.sql), and how it is asked.

/** A figure and what it lacks: ".." nothing known, "<5" withheld, "≥" something is missing in n, "p" still filling. */
export interface Figure {
	n?: number;
	s?: ".." | "<5" | "≥" | "p";
}
export type Verdict = "increase" | "decrease" | "usual" | "new" | "none";
export type State = "complete" | "nothing" | "filling" | "missing" | "not_connected" | "partly";

interface Compared {
	category: string;
	source: string;
	est: boolean;
	n: Figure;
	last_year: Figure;
	change: number | null;
	p: number | null;
	verdict: Verdict;
	holds: boolean;
	r12: Figure;
}
export interface Row extends Compared {
	sv: string;
	en: string;
	r12_before: Figure;
	ytd: Figure;
	ytd_last_year: Figure;
	series: (number | null)[];
}
export interface AreaRow extends Compared {
	area: string;
}
export interface Source {
	source: string;
	sv: string;
	en: string;
	short: string;
	state: State;
	states: State[];
	known_last_year: boolean;
	connected_last_year: boolean;
	/** Whether it tells of areas, not only of the municipality. */
	areas?: boolean;
	/** How many of its reporting units have said anything about the period; as an edition froze it. */
	units?: { active: number; of: number } | null;
}
export interface Hours {
	source: string;
	est: boolean;
	n: number[];
	n12: number[];
}
export interface Place {
	place: string;
	source: string;
	short: string;
	category: string;
	sv: string;
	est: boolean;
	n: number;
	n12: number;
}
export interface Summary {
	period: string;
	first: string;
	months: number;
	series_first: string;
	previous: string;
	next: string | null;
	complete: boolean;
	over: boolean;
	today: string;
	edition: number | null;
	area: { code: string; name: string; kind: string; parent: string | null };
	sources: Source[];
	rows: Row[];
	areas: AreaRow[];
	verdicts: { area: string | null; name: string | null; category: string; sv: string; en: string; source: string; short: string; n: number; last_year: number; verdict: Verdict }[];
	tested: number;
	names: Record<string, { name: string; kind: string; parent: string | null }>;
	hours: Hours[];
	places: Place[];
}
export interface Session {
	account: number | null;
	name?: string;
	display?: string;
	actor?: string;
	roles?: string[];
	groups?: string[];
	sources?: string[];
	/** false: the second factor is still to come; enrol: it has to be made first. */
	second?: boolean;
	enrol?: boolean;
}

export class Problem extends Error {
	constructor(
		readonly status: number,
		readonly title: string,
		readonly detail = "",
	) {
		super(title);
	}
}

let csrf = "";
let signedOut: () => void = () => {};

/** Called whenever an answer says that nobody is signed in any more. */
export function onSignedOut(call: () => void): void {
	signedOut = call;
}

let under = 0; // requests under way
let quiet: (() => void) | null = null;

/** Calls once the page has its heading and nothing more is asked for: what a program that prints it waits for. What has just come is drawn before
 * it asks for more, so one quiet look is not enough. */
export function whenLoaded(call: () => void): void {
	let looks = 0;
	quiet = () => {
		const busy = under > 0 || !document.querySelector("main h1") || document.querySelector("main .note");
		looks = busy ? 0 : looks + 1;
		if (looks < 5) return void window.setTimeout(() => quiet?.(), 50);
		quiet = null;
		call();
	};
	window.setTimeout(() => quiet?.(), 200);
}

async function send(method: string, path: string, body?: unknown): Promise<Response> {
	under++;
	try {
		return await ask(method, path, body);
	} finally {
		// What comes is drawn, and may ask for more, before it counts as done.
		window.setTimeout(() => under--, 100);
	}
}

/** What public/ahead.js has asked for already; once. If it has not run yet, it has nothing left to do. */
function started(path: string): Promise<Response> | undefined {
	const ahead = ((globalThis as { ahead?: Record<string, Promise<Response>> }).ahead ??= {});
	const answer = ahead[path];
	delete ahead[path];
	return answer;
}

/** The api speaks Swedish. */
async function inLanguage(title: string): Promise<string> {
	if (!title || document.documentElement.lang !== "en") return title;
	return import("./problems").then(
		({ inEnglish }) => inEnglish(title),
		() => title,
	);
}

async function ask(method: string, path: string, body?: unknown): Promise<Response> {
	const headers: Record<string, string> = {};
	if (body !== undefined) headers["Content-Type"] = "application/json";
	if (method !== "GET") headers["X-CSRF-Token"] = csrf;
	let answer: Response;
	try {
		answer = await ((method === "GET" && started(path)) || fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin" }));
	} catch {
		throw new Problem(0, "", "");
	}
	const word = answer.headers.get("X-CSRF-Token");
	if (word) csrf = word;
	if (answer.ok) return answer;
	const said = await answer.json().catch(() => ({ title: "" }));
	if (answer.status === 401 && !path.startsWith("/api/v1/session")) signedOut();
	throw new Problem(answer.status, await inLanguage(said.title ?? ""), said.detail ?? "");
}

export async function get<T>(path: string): Promise<T> {
	return (await send("GET", path)).json();
}

/** The same, and of which version of the figures it is ("": of none). */
export async function getVersioned<T>(path: string): Promise<{ value: T; of: string }> {
	const answer = await send("GET", path);
	return { value: await answer.json(), of: answer.headers.get("Lagesbild-Version") ?? "" };
}

export async function change<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T | null> {
	const answer = await send(method, path, body);
	return answer.status === 204 ? null : answer.json();
}

export async function signIn(name: string, password: string): Promise<Session> {
	const session = await change<Session & { csrf: string | null }>("POST", "/api/v1/session", { name, password });
	if (session!.csrf) csrf = session!.csrf;
	return session!;
}

/** The second factor: its code; or, once, the secret that an app makes codes from. */
export async function giveCode(code: string): Promise<Session> {
	await change("POST", "/api/v1/session/second", { code });
	return get<Session>("/api/v1/session");
}
export async function newSecret(): Promise<{ secret: string; uri: string }> {
	return (await change<{ secret: string; uri: string }>("POST", "/api/v1/session/second/secret"))!;
}
