import { useEffect, useState } from "preact/hooks";
import { change, type Summary } from "../api";
import { useDraft } from "../draft";
import { go, useApp, useLoaded, useSending } from "../app";
import { CHECKLIST, LAW, SECTIONS, when, type Edition as Whole, type Made } from "./data";
import { Sheet, titleOf } from "./Sheet";
import { heading } from "./Texts";
import { kindName, words } from "./text";
import { kindOf } from "./words";

/** An edition: the document as it is printed, and above it what can be done with it. */
export function Edition({ id }: { id: string }) {
	const { t, language, session } = useApp();
	const w = words[language];
	const [turn, again] = useState(0);
	const { value: e, problem } = useLoaded<Whole>(`/api/v1/editions/${encodeURIComponent(id)}`, String(turn));
	const { value: s, problem: trouble } = useLoaded<Summary>(e ? `/api/v1/summary/${encodeURIComponent(e.period)}?edition=${e.id}` : null);
	useEffect(() => {
		if (s && e) document.title = `${titleOf(s, language)}, ${w.edition.toLowerCase()} ${e.id} – ${kindName(kindOf(s), language)}`;
	}, [s, e?.id, language]);
	const failed = problem ?? trouble;
	if (!e || !s)
		return (
			<main id="main">
				<p class="note" role="status">
					{failed ? failed.title || t.away : t.loading}
				</p>
			</main>
		);
	const coordinator = session.roles?.includes("coordinator") ?? false;
	// On paper a draft stands as it would when it is approved.
	const draft = (e.state === "draft" || e.state === "commented") && !document.documentElement.classList.contains("on-paper");
	return (
		<main id="main" class="document">
			<div class="head">
				<h1>
					{titleOf(s, language)}
					<span class="preliminary">
						{" "}
						{kindName(kindOf(s), language)}, {w.edition.toLowerCase()} {e.id}
					</span>
				</h1>
				<span class={`badge ${e.state}`}>{w.states[e.state]}</span>
			</div>
			<p class="quiet">
				{w.internal} {w.frozen} {when(e.created_at, language)} {w.by} {e.created_by}. {e.approved_at ? `${w.approvedBy} ${e.approved_by}, ${when(e.approved_at, language)}.` : `${w.notApproved}.`}{" "}
				<small>
					{w.checksum} <code>{e.hash.slice(0, 16)}</code>
					{e.text_hash && (
						<>
							{" / "}
							<code>{e.text_hash.slice(0, 16)}</code>
						</>
					)}
				</small>
			</p>
			{e.superseded_by && (
				<p class="notice">
					{w.superseded} <a href={`/utgavor/${e.superseded_by}`}>{`${w.edition} ${e.superseded_by}`}</a>
				</p>
			)}
			{e.state === "withdrawn" && <p class="notice">{w.withdrawn}</p>}
			{!e.complete && <p class="notice">{w.incomplete}</p>}
			<Desk e={e} coordinator={coordinator} changed={() => again((n) => n + 1)} />
			<Sheet s={s} words={e.words} approved={e.approved_at} writing={draft && coordinator ? { period: e.period, saved: () => again((n) => n + 1) } : undefined} />
		</main>
	);
}

function Desk({ e, coordinator, changed }: { e: Whole; coordinator: boolean; changed: () => void }) {
	const { t, language } = useApp();
	const w = words[language];
	const [trouble, send] = useSending();
	const [asked, ask] = useState("");
	const move = async (state: string) => {
		if (await send(() => change("PUT", `/api/v1/editions/${e.id}/state`, { state, force: !e.complete }))) changed();
		ask("");
	};
	const button = (state: string, text: string, main = false) =>
		asked === state ? (
			<span class="ask" role="alert">
				{w.sure}{" "}
				<button type="button" class="main" onClick={() => move(state)}>
					{text}
				</button>{" "}
				<button type="button" onClick={() => ask("")}>
					{t.close}
				</button>
			</span>
		) : (
			<button type="button" class={main ? "main" : ""} onClick={() => ask(state)}>
				{text}
			</button>
		);
	const draft = e.state === "draft" || e.state === "commented";
	// What an approved picture would lack, for it cannot be written afterwards.
	const lacks = draft ? [...SECTIONS.filter((n) => n !== "police"), ...(e.months === 24 ? [...LAW, ...CHECKLIST] : [])].filter((n) => !e.words.sections[n]) : [];
	const next = e.state === "published" ? w.stepPublished : e.state === "approved" ? w.stepApproved : coordinator ? w.stepDraft : w.stepToRead;
	return (
		<section class="screen desk" aria-label={w.nextSteps}>
			{e.state !== "withdrawn" && !e.superseded_by && <p>{next}</p>}
			{coordinator && lacks.length > 0 && (
				<p class="lacking">
					{w.notWritten}: {lacks.map((n) => heading(w, n)).join(" · ")}
				</p>
			)}
			{coordinator && e.state !== "withdrawn" && (
				<p class="row">
					{draft && !e.superseded_by && button("approved", w.approve, true)}
					{e.state === "approved" && !e.superseded_by && button("published", e.complete ? w.publish : w.publishAnyway, true)}
					<button type="button" onClick={() => send(() => draftOf(e.period, e.area))}>
						{w.newDraft}
					</button>
					{button("withdrawn", w.withdraw)}
				</p>
			)}
			<p role="alert" class="trouble">
				{trouble}
			</p>
			<p class="row">
				<strong>{w.documents}:</strong>
				<Documents e={e} coordinator={coordinator} />
			</p>
			<p class="row">
				{e.state === "published" && <a href={`/offentligt/${e.id}`}>{w.openPicture}</a>}
				<a href={`/bild/${encodeURIComponent(e.period)}`}>{w.livePicture}</a>
				<a href={`/api/v1/editions/${e.id}/revisions?format=csv-excel`} download>
					{w.sinceThen} ({t.csv})
				</a>
			</p>
			<Comments e={e} changed={changed} />
		</section>
	);
}

export async function draftOf(period: string, area: string): Promise<void> {
	const made = await change<{ id: number }>("POST", "/api/v1/editions", { period, area });
	go(`/utgavor/${made!.id}`);
}

function Documents({ e, coordinator }: { e: Whole; coordinator: boolean }) {
	const { language } = useApp();
	const w = words[language];
	const [turn, again] = useState(0);
	const { value } = useLoaded<{ rows: Made[] }>(`/api/v1/editions/${e.id}/documents`, `${turn} ${e.state}`);
	const waits = value?.rows.some((d) => d.state === "waiting") ?? false;
	useEffect(() => {
		if (!waits) return;
		const timer = setTimeout(() => again((n) => n + 1), 1000);
		return () => clearTimeout(timer);
	}, [waits, turn]);
	// In the order of the names above: what is laid on the table first.
	const order = Object.keys(w.docNames);
	const rows = [...(value?.rows ?? [])].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
	return (
		<>
			{rows.map((d) =>
				d.state === "made" ? (
					<a class="doc" href={`/api/v1/editions/${e.id}/documents/${d.name}`} download>
						{w.docNames[d.name] ?? d.name}
						{d.bytes && ` (${Math.ceil(d.bytes / 1024)} kB)`}
					</a>
				) : (
					<span role="status">
						{w.docNames[d.name] ?? d.name}: {d.state === "failed" ? w.failed : w.waiting}
					</span>
				),
			)}
			{coordinator && value && !value.rows.some((d) => d.name === "intern.docx") && (
				<button type="button" onClick={() => void change("POST", `/api/v1/editions/${e.id}/documents`, { name: "intern.docx" }).then(() => again((n) => n + 1))}>
					{w.makeWord}
				</button>
			)}
		</>
	);
}

function Comments({ e, changed }: { e: Whole; changed: () => void }) {
	const { language, session } = useApp();
	const w = words[language];
	const [{ text }, set] = useDraft(`${session.account}.comment.${e.id}`, "");
	const [trouble, send] = useSending();
	const add = async (event: SubmitEvent) => {
		event.preventDefault();
		if (await send(() => change("POST", `/api/v1/editions/${e.id}/comments`, { comment: text }))) {
			set("");
			changed();
		}
	};
	return (
		<details open={!!text || e.events.some((v) => v.comment)}>
			<summary>
				{w.comments} ({e.events.filter((v) => v.comment).length})
			</summary>
			<ol class="log">
				{e.events.map((v) => (
					<li>
						<span class="quiet">
							{when(v.at, language)} {v.by}: {w.states[v.event]}
						</span>
						{v.comment && <p class="written">{v.comment}</p>}
					</li>
				))}
			</ol>
			{e.state !== "withdrawn" && (
				<form onSubmit={add}>
					<label>
						{w.yourComment}
						<textarea name="comment" rows={3} maxLength={10000} required value={text} onInput={(k) => set(k.currentTarget.value)} />
					</label>
					<p class="row">
						<button type="submit">{w.comment}</button>
						<span role="alert" class="trouble">
							{trouble}
						</span>
					</p>
				</form>
			)}
		</details>
	);
}

/** The button on a live page: freezes what is shown. */
export function DraftButton({ period, area }: { period: string; area: string }) {
	const { language } = useApp();
	const [trouble, send] = useSending();
	return (
		<>
			<button type="button" class="screen" title={words[language].draftLead} onClick={() => send(() => draftOf(period, area))}>
				{words[language].draftNow}
			</button>
			{trouble && (
				<span role="alert" class="trouble">
					{trouble}
				</span>
			)}
		</>
	);
}
