// Measures from a spreadsheet: pasted or chosen, looked at row by row, then all or none.
import { useEffect, useMemo, useState } from "preact/hooks";
import { change, type Problem } from "../api";
import { useApp } from "../app";
import { useDraft } from "../draft";
import { inEnglish } from "../problems";
import { useWords } from "./fields";
import { asText, cells, cellText, toTable, type Table } from "./table";

interface Told {
	rows: { row: number; ok: boolean; title?: string; warning?: string; field?: string | null; text?: string }[];
	good: number;
	bad: number;
	imported: number;
}
const MOST = 500;
const BYTES = 4 << 20;

export function Import() {
	const { t, language, session } = useApp();
	const w = useWords();
	const [{ text }, setText] = useDraft(`${session.account}.measures.import`, "");
	const [told, tell] = useState<Told | null>(null);
	const [trouble, setTrouble] = useState("");
	const [busy, setBusy] = useState(false);
	const [imported, setImported] = useState(0);
	const table = useMemo(() => toTable(cells(text)), [text]);
	const known = table.columns.some((c) => c.field);
	useEffect(() => void (document.title = `${w.importTitle} – ${t.title}`), [language]);
	const write = (next: string) => (setText(next), tell(null), setTrouble(""), setImported(0));
	const send = async (dry: boolean) => {
		setBusy(true);
		setTrouble("");
		try {
			const answer = await change<Told>("POST", "/api/v1/measures/import", { rows: table.rows, dry_run: dry });
			if (answer!.imported) {
				write("");
				setImported(answer!.imported);
			} else tell(answer);
		} catch (e) {
			const p = e as Problem;
			setTrouble(p.status === 0 || p.status >= 500 ? w.awayKept : p.title);
		}
		setBusy(false);
	};
	const choose = async (event: Event) => {
		const input = event.target as HTMLInputElement;
		const file = input.files?.[0];
		input.value = "";
		if (!file) return;
		try {
			write(await fileText(file));
		} catch {
			setTrouble(w.unreadable);
		}
	};
	const few = table.rows.length <= MOST;
	return (
		<main id="main" class="desk">
			<nav class="switch" aria-label={w.measures}>
				<a href="/atgarder">◄ {w.measures}</a>
			</nav>
			<h1>{w.importTitle}</h1>
			<p class="quiet">
				{w.importLead} {w.importNeeded}
			</p>
			{imported > 0 && (
				<p class="notice" role="status">
					<strong>
						{imported} {imported === 1 ? w.importedOne : w.imported}
					</strong>{" "}
					<a href="/atgarder?visa=lista">{w.toMeasures}</a>
				</p>
			)}
			<form
				onSubmit={(e) => {
					e.preventDefault();
					void send(true);
				}}
			>
				<div class="field">
					<label for="paste">{w.paste}</label>
					<textarea id="paste" rows={8} wrap="off" value={text} onInput={(e) => write(e.currentTarget.value)} spellcheck={false} />
				</div>
				<p class="field">
					<label for="file">{w.chooseFile}</label>
					<input id="file" type="file" accept=".csv,.txt,.xlsx" onChange={choose} />
				</p>
				{text && <Columns table={table} known={known} />}
				{!few && <p class="trouble">{w.tooMany}</p>}
				<p class="row">
					<button type="submit" class={told && !told.bad ? "" : "main"} disabled={busy || !known || !table.rows.length || !few}>
						{w.check} {table.rows.length > 0 && known && `(${table.rows.length})`}
					</button>
					{told && told.bad === 0 && (
						<button type="button" class="main" disabled={busy} onClick={() => void send(false)}>
							{w.importNow} ({told.good})
						</button>
					)}
				</p>
				<p class="trouble" role="alert">
					{trouble}
				</p>
			</form>
			{told && <Preview told={told} table={table} />}
		</main>
	);
}

/** A chosen file as a pasted table. The reader of workbooks is loaded when the first one is chosen. */
async function fileText(file: File): Promise<string> {
	if (file.size > BYTES) throw new Error("too large");
	if (/\.xlsx$/i.test(file.name)) {
		const { default: read } = await import("read-excel-file");
		return asText((await read(file)).map((r) => r.map(cellText)));
	}
	const bytes = await file.arrayBuffer();
	// Excel's "CSV" is Windows-1252 unless it says UTF-8.
	const text = new TextDecoder("utf-8").decode(bytes);
	return text.includes("\uFFFD") ? new TextDecoder("windows-1252").decode(bytes) : text;
}

function Columns({ table, known }: { table: Table; known: boolean }) {
	const w = useWords();
	if (!known) return <p class="trouble">{w.noColumns}</p>;
	return (
		<p class="quiet">
			{w.importColumns}:{" "}
			{table.columns
				.filter((c) => c.field)
				.map((c) => c.head)
				.join(", ")}
			.
			{table.unknown.length > 0 && (
				<strong>
					{" "}
					{w.unknownColumns}: {table.unknown.join(", ")}.
				</strong>
			)}
		</p>
	);
}

function Preview({ told, table }: { told: Told; table: Table }) {
	const { language } = useApp();
	const w = useWords();
	const head = (field: string) => table.columns.find((c) => c.field === field)?.head ?? (w as unknown as Record<string, string>)[field === "kind" ? "whatKind" : field] ?? field;
	return (
		<section aria-labelledby="preview">
			<h2 id="preview">{w.preview}</h2>
			<p role="status">
				<strong>
					{told.good} {told.good === 1 ? w.goodOne : w.good}
					{told.bad > 0 && `, ${told.bad} ${told.bad === 1 ? w.badOne : w.bad}`}.
				</strong>{" "}
				{told.bad > 0 && w.fixFirst}
			</p>
			<div class="scroll" tabIndex={0} role="group" aria-label={w.preview}>
				<table class="rows small preview">
					<thead>
						<tr>
							<th scope="col">{w.row}</th>
							<th scope="col">{w.title}</th>
							<th scope="col">{w.owner}</th>
							<th scope="col">{w.looked}</th>
						</tr>
					</thead>
					<tbody>
						{told.rows.map((r) => (
							<tr class={r.ok ? "" : "is-late"} data-ok={r.ok}>
								<td>{r.row + 1}</td>
								<th scope="row">{table.rows[r.row - 1]?.title ?? w.none}</th>
								<td>{table.rows[r.row - 1]?.owner ?? w.none}</td>
								<td>
									{r.ok ? (
										<>
											✓ {w.ok}
											{r.warning && <strong>. {language === "en" ? inEnglish(r.warning) : r.warning}</strong>}
										</>
									) : (
										<span class="late">
											✗ {r.field && <strong>{head(r.field)}: </strong>}
											{language === "en" ? inEnglish(r.text ?? "") : r.text}
										</span>
									)}
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</section>
	);
}
