// The year: what has been, what is next, in both groups.
import { useEffect, useState } from "preact/hooks";
import { change, type Problem } from "../api";
import { go, useAddress, useApp, useLoaded, withQuery } from "../app";
import { monthName, periodName } from "../figure";
import type { Meeting, Rows } from "./data";
import { today } from "./data";
import { useWords, Waiting } from "./fields";

export function Meetings() {
	const { t, language, session } = useApp();
	const w = useWords();
	const address = useAddress();
	const [turn, again] = useState(0);
	const [said, say] = useState("");
	const { value, problem } = useLoaded<Rows<Meeting>>("/api/v1/meetings", String(turn));
	useEffect(() => void (document.title = `${w.meetings} – ${t.title}`), [language]);
	const coordinator = session.roles?.includes("coordinator") ?? false;
	const all = value?.rows ?? [];
	const gone = (m: Meeting) => m.past ?? m.day < today();
	const coming = all.filter((m) => !gone(m) && m.state === "planned");
	const next = new Set((["steering", "operational"] as const).map((g) => coming.find((m) => m.grp === g)?.id));
	const year = Number(address.query.get("ar")) || Number((coming[0] ?? all[all.length - 1])?.day.slice(0, 4) ?? today().slice(0, 4));
	const rows = all.filter((m) => m.day.startsWith(`${year}-`));
	const to = (y: number) => withQuery(address, { ar: String(y) });
	const propose = () =>
		change("POST", `/api/v1/meetings/year/${year}`).then(
			() => (say(w.proposed), again((n) => n + 1)),
			(p: Problem) => say(p.title || t.away),
		);
	return (
		<main id="main">
			<div class="head">
				<h1>
					{w.meetings} {year}
				</h1>
				<nav class="switch" aria-label={t.year}>
					<a href={to(year - 1)} rel="prev">
						◄ {year - 1}
					</a>
					<a href={to(year + 1)} rel="next">
						{year + 1} ►
					</a>
				</nav>
			</div>
			<p class="quiet">{w.meetingsLead}</p>
			{coordinator && (
				<p class="row screen">
					<button type="button" class={rows.length ? "" : "main"} onClick={propose}>
						{w.propose}
					</button>
					<button type="button" onClick={() => go(`/moten/ny?ar=${year}`)}>
						{w.newMeeting}
					</button>
					<span role="status">{said}</span>
				</p>
			)}
			{!value && <Waiting problem={problem} />}
			{value && rows.length === 0 && <p>{w.nothingPlanned}</p>}
			{value && rows.length > 0 && (
				<ol class="months">
					{Array.from({ length: 12 }, (_, i) => `${year}-${String(i + 1).padStart(2, "0")}`).map((month) => (
						<li class="month">
							<h2>{monthName(month, language, false)}</h2>
							<ul>
								{rows
									.filter((m) => m.day.startsWith(month))
									.map((m) => (
										<Day m={m} gone={gone(m)} next={next.has(m.id)} />
									))}
							</ul>
						</li>
					))}
				</ol>
			)}
			<Subscribe />
		</main>
	);
}

function Day({ m, gone, next }: { m: Meeting; gone: boolean; next: boolean }) {
	const { language } = useApp();
	const w = useWords();
	const date = new Date(m.day + "T12:00:00Z");
	const locale = language === "sv" ? "sv-SE" : "en-GB";
	return (
		<li class={`day ${m.grp} ${m.state}${gone ? " gone" : ""}${next ? " next" : ""}`}>
			<a href={`/moten/${m.id}`}>
				<span class="number">{date.getUTCDate()}</span>
				<span>
					<span class="when">
						{date.toLocaleDateString(locale, { weekday: "long", timeZone: "UTC" })} {w.clock} {m.starts.slice(0, 5)}
					</span>
					<span class="group">{w.groups[m.grp]}</span>
					{m.span && m.state !== "cancelled" && <span class="quiet">{periodName(m.span, language)}</span>}
					<span class="marks">
						{next && <strong>→ {w.nextMeeting}</strong>}
						{m.state === "cancelled" && <strong>✗ {w.meetingStates.cancelled}</strong>}
						{m.state === "held" && <span>✓ {w.meetingStates.held}</span>}
					</span>
				</span>
			</a>
		</li>
	);
}

/** A feed of one's own: its address is shown once, and a new one takes the old one's place. */
function Subscribe() {
	const { t } = useApp();
	const w = useWords();
	const [url, setUrl] = useState("");
	const [said, say] = useState("");
	const make = () =>
		change<{ url: string }>("POST", "/api/v1/meetings/feed").then(
			(made) => (setUrl(location.origin + made!.url), say("")),
			(p: Problem) => say(p.title || t.away),
		);
	const copy = () =>
		navigator.clipboard?.writeText(url).then(
			() => say(w.copied),
			() => {},
		);
	return (
		<section class="screen" aria-labelledby="subscribe">
			<h2 id="subscribe">{w.subscribe}</h2>
			<p class="quiet">{w.subscribeLead}</p>
			{url && (
				<p class="row">
					<input class="address" readOnly aria-label={w.subscribe} value={url} onFocus={(e) => e.currentTarget.select()} />
					<button type="button" onClick={copy}>
						{w.copy}
					</button>
					<a href={url.replace(/^https?:/, "webcal:")}>{w.openCalendar}</a>
				</p>
			)}
			<p class="row">
				<button type="button" onClick={make}>
					{url ? w.subscribeAgain : w.subscribeMake}
				</button>
				<span role="status">{said}</span>
			</p>
		</section>
	);
}
