import { useState } from "preact/hooks";
import { change, Problem } from "../api";
import { useApp, useLoaded } from "../app";
import { daysName } from "../figure";
import type { Planned } from "./data";
import { words } from "./text";

/** Events that are known beforehand, of the 60 days from a day on; a coordinator adds and cancels them. */
export function Events({ from }: { from: string }) {
	const { t, language, session } = useApp();
	const w = words[language];
	const [turn, again] = useState(0);
	const [trouble, setTrouble] = useState("");
	const { value } = useLoaded<{ rows: Planned[] }>(`/api/v1/events?from=${from}`, String(turn));
	const mayWrite = session.roles?.includes("coordinator") ?? false;
	const send = async (work: Promise<unknown>) => {
		try {
			await work;
			setTrouble("");
			again((n) => n + 1);
			return true;
		} catch (e) {
			setTrouble((e as Problem).title || t.away);
			return false;
		}
	};
	const add = async (event: SubmitEvent) => {
		event.preventDefault();
		const form = event.target as HTMLFormElement;
		const text = (name: string) => String(new FormData(form).get(name)).trim() || null;
		if (await send(change("POST", "/api/v1/events", { title: text("title"), place: text("place"), starts: text("starts"), ends: text("ends") }))) form.reset();
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
						{mayWrite && (
							<button type="button" class="screen" aria-label={`${w.cancelEvent}: ${e.title}`} onClick={() => void send(change("PUT", `/api/v1/events/${e.id}`, { version: e.version, state: "cancelled" }))}>
								{w.cancelEvent}
							</button>
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
						{w.eventStarts} <input name="starts" type="date" required min={from} />
					</label>
					<label>
						{w.eventEnds} <input name="ends" type="date" />
					</label>
					<button type="submit">{w.addEvent}</button>
				</form>
			)}
			<p role="alert" class="trouble">
				{trouble}
			</p>
		</section>
	);
}
