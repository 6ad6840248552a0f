import { useEffect } from "preact/hooks";
import type { Summary } from "../api";
import { useApp, useLoaded, useSending } from "../app";
import { draftOf } from "../document/Edition";
import { when } from "../document/data";
import { kindName, words } from "../document/text";
import { kindOf, nextSteps, type Listed, type Step } from "../document/words";
import { dayName, periodName } from "../figure";

/** What is to be made or brought further now, and all pictures that were frozen. */
export function Editions() {
	const { t, language, version } = useApp();
	const w = words[language];
	const { value, problem } = useLoaded<{ rows: Listed[] }>("/api/v1/editions", version);
	const { value: s } = useLoaded<Summary>("/api/v1/summary/latest", version);
	useEffect(() => void (document.title = `${t.editions} – ${t.title}`), [language]);
	const old = (e: Listed) => !!e.superseded_by || e.state === "withdrawn";
	const now = value?.rows.filter((e) => !old(e)) ?? [];
	const before = value?.rows.filter(old) ?? [];
	return (
		<main id="main">
			<h1>{t.editions}</h1>
			<p class="quiet">{w.editionsLead}</p>
			{!value && (
				<p class="note" role="status">
					{problem ? problem.title || t.away : t.loading}
				</p>
			)}
			{value && s && (
				<section aria-labelledby="next">
					<h2 id="next">{w.nextSteps}</h2>
					<ul class="plain steps">
						{nextSteps(value.rows, s.first, s.area.code).map((step) => (
							<NextStep key={step.period} step={step} area={s.area.code} />
						))}
					</ul>
				</section>
			)}
			{value && (
				<section aria-labelledby="all">
					<h2 id="all">{w.allEditions}</h2>
					{now.length === 0 ? <p class="quiet">{t.noData}</p> : <Table rows={now} />}
					{before.length > 0 && (
						<details>
							<summary>
								{w.older} ({before.length})
							</summary>
							<Table rows={before} />
						</details>
					)}
				</section>
			)}
		</main>
	);
}

function NextStep({ step, area }: { step: Step; area: string }) {
	const { language, session } = useApp();
	const w = words[language];
	const [trouble, send] = useSending();
	const coordinator = session.roles?.includes("coordinator") ?? false;
	const e = step.edition;
	const kind = kindOf(step);
	const said = !e ? w.stepNone : e.state === "published" ? w.stepPublished : e.state === "approved" ? w.stepApproved : coordinator ? w.stepDraft : w.stepToRead;
	return (
		<li data-period={step.period}>
			<h3>
				{kindName(kind, language)}: {periodName(step.period, language)} {e && <span class={`badge ${e.state}`}>{w.states[e.state]}</span>}
			</h3>
			<p>
				{said}
				{step.renew && ` ${w.renew} ${dayName(step.renew, language)}.`}
			</p>
			{kind === "law" && <p class="quiet">{w.lawLead}</p>}
			<p class="row">
				{e ? (
					<a class={e.state === "published" ? "" : "button main"} href={`/utgavor/${e.id}`}>
						{w.open_} {w.edition.toLowerCase()} {e.id}
					</a>
				) : (
					coordinator && (
						<button type="button" class="main" title={w.draftLead} onClick={() => send(() => draftOf(step.period, area))}>
							{w.draftNow}
						</button>
					)
				)}
				<a href={`/bild/${encodeURIComponent(step.period)}`}>{w.livePicture}</a>
				<span role="alert" class="trouble">
					{trouble}
				</span>
			</p>
		</li>
	);
}

function Table({ rows }: { rows: Listed[] }) {
	const { t, language } = useApp();
	const w = words[language];
	return (
		<div class="scroll" tabIndex={0} role="group" aria-label={t.editions}>
			<table class="rows small">
				<thead>
					<tr>
						{[w.period, w.kind, w.state, w.frozen].map((h) => (
							<th scope="col">{h}</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map((e) => (
						<tr>
							<th scope="row">
								<a href={`/utgavor/${e.id}`}>{periodName(e.period, language)}</a>
							</th>
							<td>
								{kindName(kindOf(e), language)}, {e.area_name}, {w.edition.toLowerCase()} {e.id}
							</td>
							<td>
								<span class={`badge ${e.state}`}>{w.states[e.state]}</span>
							</td>
							<td>
								{when(e.created_at, language)}, {e.created_by}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
