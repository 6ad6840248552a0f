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
	times: "gånger",
	all: "Alla konton",
	nobody: "systemet",
	names: { peer: "från", fields: "fält", days: "dagar", rows: "rader", roles: "roller", groups: "grupper", by: "genom" } as Record<string, string>,
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
		"measure changed": "ändrade åtgärd",
		"meeting changed": "ändrade möte",
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
	times: "times",
	all: "All accounts",
	nobody: "the system",
	names: { peer: "from" },
	acts: {},
};
const words = { sv, en };

const told = (detail: Entry["detail"], names: Record<string, string>) =>
	Object.entries(detail ?? {})
		.map(([name, value]) => `${names[name] ?? name}: ${Array.isArray(value) ? value.join(", ") : String(value)}`)
		.join("; ");

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
										<td>{w.acts[r.what] ?? r.what}</td>
										<td>{r.object}</td>
										<td>{told(r.detail, w.names)}</td>
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
										<td>{s.route}</td>
										<td class="number">
											{s.n.toLocaleString(language === "sv" ? "sv-SE" : "en-GB")} {w.times}
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
