// The fields of a sheet: each knows its own text, what another wrote meanwhile, and whether the reader may write.
import type { ComponentChildren } from "preact";
import { useApp } from "../app";
import { when } from "../document/data";
import { Paragraphs } from "../document/Texts";
import { dayName } from "../figure";
import type { Change } from "./data";
import type { Sheet } from "./sheet";
import { desk, type DeskWords } from "./text";

export const useWords = (): DeskWords => desk[useApp().language];

type Option = [value: string, text: string];
interface Props<T> {
	s: Sheet<T>;
	name: keyof T & string;
	label: string;
	may: boolean;
	hint?: string;
	required?: boolean;
	/** How a value is told to those who do not write, and in a conflict. */
	told?: (value: unknown) => string;
}

const plain = (v: unknown): string => (v === null || v === undefined ? "" : Array.isArray(v) ? v.join("\n") : String(v));

/** A label, what is written in it, and the other's text where both have written. */
function Field<T>({ s, name, label, may, hint, told = plain, children }: Props<T> & { children: (id: string, described: string | undefined) => ComponentChildren }) {
	const w = useWords();
	const id = `f-${name}`;
	const text = told(may ? s.value[name] : s.saved[name]);
	const read = text && (
		<div key="told" class={may ? "told paper" : "told"}>
			<h3>{label}</h3>
			<Paragraphs text={text} />
		</div>
	);
	if (!may) return <>{read}</>;
	const clash = s.both.includes(name);
	return (
		<div class={clash ? "field clash" : "field"}>
			{read}
			{/* With a key: when the text above comes or goes, what is being written in stays the same element and keeps the focus. */}
			<div key="field" class="screen">
				<label for={id}>{label}</label>
				{children(id, hint ? `${id}-hint` : undefined)}
				{hint && (
					<p class="quiet" id={`${id}-hint`}>
						{hint}
					</p>
				)}
				{clash && (
					<div class="other-text">
						<p>{w.theirs}</p>
						<blockquote>
							<Paragraphs text={told(s.saved[name]) || w.emptied} />
						</blockquote>
						<button type="button" onClick={() => s.take(name)}>
							{w.takeTheirs}
						</button>
					</div>
				)}
			</div>
		</div>
	);
}

export function TextField<T>(props: Props<T> & { rows?: number; max?: number; type?: string; min?: string }) {
	const { s, name, rows, max, type = "text", required, min } = props;
	const { language } = useApp();
	const value = plain(s.value[name]);
	const put = (text: string) => s.set(name, (text === "" ? null : text) as T[typeof name]);
	return (
		<Field {...props} told={type === "time" ? (v) => plain(v).slice(0, 5) : type === "date" ? (v) => dayName(plain(v), language) : undefined}>
			{(id, described) =>
				rows ? (
					<textarea id={id} name={name} rows={Math.min(16, Math.max(rows, value.split("\n").length))} maxLength={max} required={required} aria-describedby={described} value={value} onInput={(e) => put(e.currentTarget.value)} />
				) : (
					<input
						id={id}
						name={name}
						type={type}
						min={min}
						maxLength={max}
						required={required}
						aria-describedby={described}
						value={type === "time" ? value.slice(0, 5) : value}
						onInput={(e) => (type === "number" ? s.set(name, Number(e.currentTarget.value) as T[typeof name]) : put(e.currentTarget.value))}
					/>
				)
			}
		</Field>
	);
}

/** A list, one line each. The line that is being written may be empty; what is sent has none such (tidy in sheet.ts). */
export function LinesField<T>(props: Props<T> & { rows?: number }) {
	const { s, name, rows = 4 } = props;
	const value = (s.value[name] as unknown as string[]) ?? [];
	return (
		<Field {...props}>
			{(id, described) => (
				<textarea
					id={id}
					name={name}
					rows={Math.min(20, Math.max(rows, value.length + 1))}
					aria-describedby={described}
					value={value.join("\n")}
					onInput={(e) => s.set(name, (e.currentTarget.value === "" ? [] : e.currentTarget.value.split("\n")) as T[typeof name])}
				/>
			)}
		</Field>
	);
}

export function SelectField<T>(props: Props<T> & { options: Option[]; empty?: string; numeric?: boolean }) {
	const { s, name, options, empty, numeric, required } = props;
	const value = plain(s.value[name]);
	const told = (v: unknown) => options.find(([o]) => o === plain(v))?.[1] ?? plain(v);
	// A value that is no longer among the choices is still shown.
	const all: Option[] = !value || options.some(([o]) => o === value) ? options : [...options, [value, value]];
	return (
		<Field {...props} told={told}>
			{(id, described) => (
				<select
					id={id}
					name={name}
					required={required}
					aria-describedby={described}
					value={value}
					onChange={(e) => s.set(name, (e.currentTarget.value === "" ? null : numeric ? Number(e.currentTarget.value) : e.currentTarget.value) as T[typeof name])}
				>
					{(empty !== undefined || !value) && <option value="">{empty ?? ""}</option>}
					{all.map(([v, text]) => (
						<option value={v}>{text}</option>
					))}
				</select>
			)}
		</Field>
	);
}

/** Under a form: what is unsaved, what went wrong, who was first; and the button. */
export function Saver<T>({ s, label, keep }: { s: Sheet<T>; label?: string; keep?: string }) {
	const w = useWords();
	const p = s.problem;
	return (
		<div class={s.changed.length ? "saver held screen" : "saver screen"}>
			{s.newer && (
				<div class="notice" role="alert">
					<p>
						<strong>{p?.status === 409 ? p.title : w.newerSaved}</strong>
					</p>
					<p>{s.both.length ? w.bothChanged : w.differentFields}</p>
				</div>
			)}
			<p class="row">
				<button type="submit" class="main" disabled={s.busy || s.changed.length === 0}>
					{s.both.length ? (keep ?? w.keepMine) : (label ?? w.save)}
				</button>
				{s.changed.length > 0 && (
					<button type="button" onClick={s.forget}>
						{w.discard}
					</button>
				)}
				<span role="status">{s.busy ? w.saving : s.changed.length > 0 ? w.unsaved : s.done ? w.saved : ""}</span>
			</p>
			<p class="trouble" role="alert">
				{p && p.status !== 409 ? (p.status === 0 || p.status >= 500 ? w.awayKept : p.status === 401 ? w.signedOutKept : p.title) : ""}
			</p>
		</div>
	);
}

/** Every change that was made, the newest first: who, when, which fields, and what stood there before. */
export function History({ rows, names, told = plain }: { rows: Change[] | undefined; names: Record<string, string>; told?: (name: string, value: unknown) => string }) {
	const { language } = useApp();
	const w = useWords();
	if (!rows?.length) return null;
	return (
		<details class="history screen">
			<summary>
				{w.history} ({rows.length})
			</summary>
			<ol class="log">
				{rows.map((c) => (
					<li>
						<p class="quiet">
							{when(c.at, language)}, {c.who} {c.version === 1 ? w.made : ""}
						</p>
						{c.version > 1 && (
							<ul>
								{Object.keys(c.new)
									.filter((k) => k in names)
									.map((k) => (
										<li>
											{names[k]}: <del>{told(k, c.old[k]) || "–"}</del> → <ins>{told(k, c.new[k]) || "–"}</ins>
										</li>
									))}
							</ul>
						)}
					</li>
				))}
			</ol>
		</details>
	);
}

/** While something is read, and when it cannot be. */
export function Waiting({ problem }: { problem?: { status: number; title: string } }) {
	const { t } = useApp();
	return (
		<p class="note" role="status">
			{problem ? (problem.status === 0 || problem.status >= 500 ? t.away : problem.title) : t.loading}
		</p>
	);
}
