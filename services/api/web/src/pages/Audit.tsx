// Who saw and changed what, for who answers for it: the coordinator and the operator.
import { useState } from "preact/hooks";
import { get, type Problem } from "../api";
import { useAddress, useApp, useLoaded, withQuery } from "../app";

interface Entry {
	n: number;
	at: string;
	account: string | null;
	what: string;
	object: string | null;
	detail: Record<string, unknown> | null;
}
interface Seen {
	day: string;
	account: string;
	route: string;
	n: number;
}
interface Log {
	rows: Entry[];
	seen: Seen[];
}

const sv = {
	title: "Logg",
	lead: "Vem som har loggat in, läst, skrivit och ändrat. Inget i loggen kan ändras eller tas bort.",
	at: "tid",
	who: "konto",
	what: "vad",
	object: "gäller",
	detail: "uppgifter",
	earlier: "Visa tidigare",
	seen: "Läst per dag",
	time: "gång",
	times: "gånger",
	all: "Alla konton",
	nobody: "systemet",
	names: { peer: "från", fields: "fält", days: "dagar", rows: "rader", roles: "roller", groups: "grupper", by: "genom" } as Record<string, string>,
	fields: {
		title: "rubrik", problem: "problem", cause: "orsak", perspective: "perspektiv", kind: "typ", owner: "ansvarig", area: "område", category: "kategori", place: "plats",
		starts: "början", ends: "slut", expected: "väntad effekt", follow_up: "uppföljning", result: "resultat", notes: "anteckningar", state: "läge", meeting: "möte",
		public: "offentlig", public_text: "text för alla", depends_on: "beror på", same_problem: "samma problem", grp: "grupp", day: "dag", minutes_long: "längd",
		agenda: "dagordning", participants: "deltagare", decisions: "beslut", sections: "texter", level: "nivå", reason: "skäl",
	} as Record<string, string>,
	routes: {
		"/api/v1/summary/{period}": "en periods bild", "/api/v1/cells": "siffror", "/api/v1/quality": "datakvalitet", "/api/v1/effect": "före och efter en åtgärd", "/api/v1/categories": "kategorierna",
		"/api/v1/sources": "källorna", "/api/v1/areas": "områdena", "/api/v1/balance": "räkenskapen", "/api/v1/editions": "utgåvorna", "/api/v1/editions/{id}": "en utgåva",
		"/api/v1/editions/{id}/documents": "en utgåvas dokument", "/api/v1/editions/{id}/documents/{name}": "ett dokument", "/api/v1/editions/{id}/revisions": "vad som ändrats sedan en utgåva",
		"/api/v1/texts/{period}": "texterna om en period", "/api/v1/events": "kommande händelser", "/api/v1/meetings": "mötena", "/api/v1/meetings/{id}": "ett möte",
		"/api/v1/measures": "åtgärderna", "/api/v1/measures/{id}": "en åtgärd", "/api/v1/actors": "aktörerna", "/api/v1/actors/{code}/measures": "en aktörs åtgärder",
		"/api/v1/priorities": "områdenas nivåer", "/api/v1/changes": "följde sidan", "/api/v1/audit": "loggen",
	} as Record<string, string>,
	acts: {
		"signed in": "loggade in",
		"signed out": "loggade ut",
		"sign-in refused": "inloggning nekad",
		"second factor begun": "andra faktor skapad",
		"second factor given": "andra faktor godkänd",
		"second factor refused": "andra faktor nekad",
		"second factor reset": "andra faktor nollställd",
		"password changed": "bytte lösenord",
		"password refused": "lösenordsbyte nekat",
		"account set": "konto ändrat",
		"account closed": "konto avslutat",
		"token made": "nyckel för program skapad",
		"calendar key made": "kalenderadress skapad",
		"edition drafted": "frös ett utkast, utgåva",
		"edition commented": "kommenterade utgåva",
		"edition approved": "godkände utgåva",
		"edition published": "publicerade utgåva",
		"edition withdrawn": "drog tillbaka utgåva",
		"document read": "hämtade dokument ur utgåva",
		"measures imported": "läste in åtgärder",
		"measure created": "skapade åtgärd",
		"measure changed": "ändrade åtgärd",
		"meeting created": "skapade möte",
		"meeting changed": "ändrade möte",
		"event created": "la till kommande händelse",
		"event changed": "ändrade kommande händelse",
		"text changed": "ändrade text",
		"priority changed": "ändrade nivå",
		"source shown": "källa visas för grupp",
		"source hidden": "källa dold för grupp",
		"source release": "källas öppenhet ändrad",
	} as Record<string, string>,
};
const en: typeof sv = {
	title: "Log",
	lead: "Who has signed in, read, written and changed. Nothing in the log can be changed or taken away.",
	at: "time",
	who: "account",
	what: "what",
	object: "of",
	detail: "details",
	earlier: "Show earlier",
	seen: "Read, by day",
	time: "time",
	times: "times",
	all: "All accounts",
	nobody: "the system",
	names: { peer: "from" },
	fields: { grp: "group", minutes_long: "length", follow_up: "follow-up", public_text: "text for all", depends_on: "depends on", same_problem: "same problem" },
	routes: {},
	acts: {},
};
const words = { sv, en };

/** The fields of something new bear its number. */
const made = (r: Entry) => Array.isArray(r.detail?.fields) && r.detail.fields.includes("id");
const act = (r: Entry, w: typeof sv) => {
	const what = made(r) ? r.what.replace("changed", "created") : r.what;
	return w.acts[what] ?? what;
};

const told = (r: Entry, w: typeof sv) =>
	Object.entries(r.detail ?? {})
		.filter(([name]) => name !== "fields" || !made(r))
		.map(([name, value]) => `${w.names[name] ?? name}: ${Array.isArray(value) ? value.map((v) => w.fields[v] ?? v).join(", ") : String(value)}`)
		.join("; ");

/** Where what an entry is about can be read. */
function placeOf({ what, object }: Entry): string | null {
	if (!object) return null;
	if (/^measure (changed|created)$/.test(what)) return `/atgarder/${object}`;
	if (what.startsWith("meeting ")) return `/moten/${object}`;
	return /^(edition|document) /.test(what) ? `/utgavor/${object.split(" ")[0]}` : null;
}

export function Audit() {
	const { t, language } = useApp();
	const w = words[language];
	const address = useAddress();
	const account = address.query.get("konto");
	const path = `/api/v1/audit${account ? `?account=${encodeURIComponent(account)}` : ""}`;
	const { value, problem } = useLoaded<Log>(path);
	const [older, setOlder] = useState<{ of: string; rows: Entry[]; done: boolean }>({ of: "", rows: [], done: false });
	const [trouble, setTrouble] = useState("");
	const more = older.of === path ? older : { of: path, rows: [], done: (value?.rows.length ?? 0) < 200 };
	const rows = [...(value?.rows ?? []), ...more.rows];
	const earlier = () =>
		get<Log>(`${path}${account ? "&" : "?"}before=${rows[rows.length - 1].n}`).then(
			(log) => (setOlder({ of: path, rows: [...more.rows, ...log.rows], done: log.rows.length < 200 }), setTrouble("")),
			(p: Problem) => setTrouble(p.title || t.away),
		);
	const when = (at: string) => new Date(at).toLocaleString(language === "sv" ? "sv-SE" : "en-GB", { dateStyle: "short", timeStyle: "medium", timeZone: "Europe/Stockholm" });
	document.title = `${w.title} – ${t.title}`;
	return (
		<main id="main">
			<h1>{w.title}</h1>
			<p class="quiet">
				{w.lead} {account && <a href={withQuery(address, { konto: "" })}>{w.all}</a>}
			</p>
			{!value && (
				<p class="note" role="status">
					{problem ? problem.title || t.away : t.loading}
				</p>
			)}
			{value && (
				<section>
					<div class="scroll" tabIndex={0} role="group" aria-label={w.title}>
						<table class="rows small">
							<thead>
								<tr>
									{[w.at, w.who, w.what, w.object, w.detail].map((name) => (
										<th scope="col">{name}</th>
									))}
								</tr>
							</thead>
							<tbody>
								{rows.map((r) => (
									<tr>
										<td class="when">{when(r.at)}</td>
										<td>{r.account ? <a href={withQuery(address, { konto: r.account })}>{r.account}</a> : w.nobody}</td>
										<td>{act(r, w)}</td>
										<td>{placeOf(r) ? <a href={placeOf(r)!}>{r.object}</a> : r.object}</td>
										<td>{told(r, w)}</td>
									</tr>
								))}
							</tbody>
						</table>
					</div>
					{!more.done && (
						<button type="button" onClick={() => void earlier()}>
							{w.earlier}
						</button>
					)}
					<p role="alert" class="trouble">
						{trouble}
					</p>
				</section>
			)}
			{value && value.seen.length > 0 && (
				<section>
					<h2>{w.seen}</h2>
					<div class="scroll" tabIndex={0} role="group" aria-label={w.seen}>
						<table class="rows small">
							<tbody>
								{value.seen.map((s) => (
									<tr>
										<td>{s.day}</td>
										<td>{s.account}</td>
										<td>{w.routes[s.route] ?? s.route}</td>
										<td class="number">
											{s.n.toLocaleString(language === "sv" ? "sv-SE" : "en-GB")} {s.n === 1 ? w.time : w.times}
										</td>
									</tr>
								))}
							</tbody>
						</table>
					</div>
				</section>
			)}
		</main>
	);
}
