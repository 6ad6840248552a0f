import { useState } from "preact/hooks";
import { change, Problem } from "../api";
import { useApp, useLoaded } from "../app";
import { useDraft } from "../draft";
import { words } from "./text";

interface Sheet {
	period: string;
	area: string;
	version: number;
	sections: Record<string, string>;
}

/** What is written about a period, section by section. A coordinator writes; what is not saved stays in the browser. */
export function Texts({ period, area, sections, open, saved }: { period: string; area: string; sections: readonly string[]; open: number; saved?: () => void }) {
	const { t, language, session } = useApp();
	const w = words[language];
	const [own, setOwn] = useState<Sheet | null>(null);
	const path = `/api/v1/texts/${encodeURIComponent(period)}?area=${encodeURIComponent(area)}`;
	const { value: read, problem } = useLoaded<Sheet>(path);
	// What a save has answered is newer than what was read, and the next section is saved over it.
	const value = own && own.period === period && own.area === area && own.version > (read?.version ?? 0) ? own : read;
	const mayWrite = session.roles?.includes("coordinator") ?? false;
	if (!value) return problem ? <p class="quiet">{problem.title || t.away}</p> : null;
	if (!mayWrite) {
		const written = sections.filter((s) => value.sections[s]);
		return (
			<>
				{written.length === 0 && <p class="quiet">{w.nothingWritten}</p>}
				{written.map((s) => (
					<div class="said">
						<h3>{heading(w, s)}</h3>
						<Paragraphs text={value.sections[s]} />
					</div>
				))}
			</>
		);
	}
	return (
		<>
			<p class="quiet screen">{w.writeLead}</p>
			{sections.map((s, i) => (
				<Section key={`${period} ${s}`} name={s} title={heading(w, s)} id={`${period}.${area}.${s}`} path={path} sheet={value} open={i < open} saved={(now) => (setOwn(now), saved?.())} />
			))}
		</>
	);
}

export const heading = (w: (typeof words)["sv"], section: string) => (w as unknown as Record<string, string>)[section] ?? section;

export const Paragraphs = ({ text }: { text: string }) => (
	<>
		{text
			.split(/\n\s*\n/)
			.filter((p) => p.trim())
			.map((p) => (
				<p class="written">
					{p
						.trim()
						.split("\n")
						.map((line, n) => (n ? [<br />, line] : line))}
				</p>
			))}
	</>
);

function Section({ name, title, id, path, sheet, open, saved }: { name: string; title: string; id: string; path: string; sheet: Sheet; open: boolean; saved: (now: Sheet) => void }) {
	const { t, language, session } = useApp();
	const w = words[language];
	const present = sheet.sections[name] ?? "";
	const [{ text, from }, set, done] = useDraft(`${session.account}.text.${id}`, present);
	const [said, say] = useState("");
	const [found, setOther] = useState<Sheet | null>(null);
	// What was written before a session ended may meet what somebody else has saved since.
	const [mine, setMine] = useState<string | null>(null);
	const other = found ?? (text !== present && from !== present && from !== mine ? sheet : null);
	const [busy, setBusy] = useState(false);
	const [touched, touch] = useState(false); // a section that is being written stays open when it is saved
	const save = async (version: number) => {
		setBusy(true);
		touch(true);
		try {
			const now = await change<Sheet>("PUT", path, { version, sections: { [name]: text } });
			done(text);
			setMine(text);
			setOther(null);
			say(w.saved);
			saved(now!);
		} catch (e) {
			const p = e as Problem;
			say(p.status === 0 || p.status >= 500 ? t.away : p.title);
			if (p.status === 409) {
				const now: Sheet = await fetch(path).then((r) => r.json());
				// Another section of the sheet was saved meanwhile: no conflict to anybody.
				if ((now.sections[name] ?? "") === present) return void (await save(now.version));
				setOther(now);
			}
		} finally {
			setBusy(false);
		}
	};
	return (
		<details class={name === "public" ? "section screen" : "section"} open={open || touched || !!present || text !== present}>
			<summary>
				{title}
				{text !== present && <span class="unsaved"> – {w.unsaved}</span>}
			</summary>
			<form
				onSubmit={(e) => {
					e.preventDefault();
					void save(other?.version ?? sheet.version);
				}}
			>
				<textarea class="screen" name={name} aria-label={title} rows={Math.min(14, Math.max(3, text.split("\n").length + 1))} maxLength={12000} value={text} onInput={(e) => (set(e.currentTarget.value), touch(true), say(""))} />
				<div class="paper">
					<Paragraphs text={present} />
				</div>
				{other && (
					<div class="other-text" role="alert">
						<p>{w.conflict}</p>
						<blockquote>
							<Paragraphs text={other.sections[name] ?? ""} />
						</blockquote>
					</div>
				)}
				<p class="screen row">
					<button type="submit" class="main" disabled={busy || (text === present && !other)}>
						{other ? w.keepMine : w.save}
					</button>
					<span role="status">{said}</span>
				</p>
			</form>
		</details>
	);
}
