import { useState } from "preact/hooks";
import { change } from "../api";
import { useApp, useLoaded, useSending } from "../app";
import { daysName } from "../figure";
import { dayAfter, type Planned } from "./data";
import { words } from "./text";

const DAYS = 60;

/** Events that are known beforehand, of the 60 days from a day on; a coordinator adds and cancels them. */
export function Events({ from }: { from: string }) {
	const { t, language, session } = useApp();
	const w = words[language];
	const [turn, again] = useState(0);
	const [trouble, send] = useSending();
	const [asked, ask] = useState(0);
	const [starts, setStarts] = useState("");
	const [added, say] = useState("");
	const { value } = useLoaded<{ rows: Planned[] }>(`/api/v1/events?from=${from}`, String(turn));
	const mayWrite = session.roles?.includes("coordinator") ?? false;
	const add = async (event: SubmitEvent) => {
		event.preventDefault();
		const form = event.target as HTMLFormElement;
		const text = (name: string) => String(new FormData(form).get(name)).trim() || null;
		say("");
		if (!(await send(() => change("POST", "/api/v1/events", { title: text("title"), place: text("place"), starts: text("starts"), ends: text("ends") })))) return;
		say(starts > dayAfter(from, DAYS) ? w.eventLater : w.saved);
		form.reset();
		setStarts("");
		again((n) => n + 1);
	};
	const cancel = async (e: Planned) => {
		if (await send(() => change("PUT", `/api/v1/events/${e.id}`, { version: e.version, state: "cancelled" }))) again((n) => n + 1);
		ask(0);
	};
	const rows = value?.rows.filter((e) => e.state === "planned") ?? [];
	return (
		<section aria-labelledby="coming">
			<h2 id="coming">{w.events}</h2>
			<p class="quiet">{w.eventsLead}</p>
			{value && rows.length === 0 && <p>{w.noEvents}</p>}
			<ul>
				{rows.map((e) => (
					<li>
						<strong>{e.title}</strong>
						{e.place && `, ${e.place}`}: {daysName(e.starts, e.ends, language)}{" "}
						{mayWrite && asked !== e.id && (
							<button type="button" class="screen" aria-label={`${w.cancelEvent}: ${e.title}`} onClick={() => ask(e.id)}>
								{w.cancelEvent}
							</button>
						)}
						{asked === e.id && (
							<span class="ask screen" role="alert">
								{w.sureCancel}{" "}
								<button type="button" class="main" onClick={() => cancel(e)}>
									{w.cancelEvent}
								</button>{" "}
								<button type="button" onClick={() => ask(0)}>
									{t.close}
								</button>
							</span>
						)}
					</li>
				))}
			</ul>
			{mayWrite && (
				<form class="screen row" onSubmit={add}>
					<label>
						{w.eventTitle} <input name="title" maxLength={200} required />
					</label>
					<label>
						{w.eventPlace} <input name="place" maxLength={200} />
					</label>
					<label>
						{w.eventStarts} <input name="starts" type="date" required min={from} max="2099-12-31" value={starts} onInput={(k) => setStarts(k.currentTarget.value)} />
					</label>
					<label>
						{w.eventEnds} <input name="ends" type="date" min={starts || from} max="2099-12-31" />
					</label>
					<button type="submit">{w.addEvent}</button>
				</form>
			)}
			<p role="status">{added}</p>
			<p role="alert" class="trouble">
				{trouble}
			</p>
		</section>
	);
}
