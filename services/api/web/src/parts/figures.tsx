// The small pieces that figures are shown by.
import type { ComponentChildren } from "preact";
import type { Figure, State, Verdict } from "../api";
import { shown, signed, spoken } from "../figure";
import { useShared } from "../state";

/** A figure as it is printed, and as it is read aloud where the print is a sign. */
export function Value({ of }: { of: Figure }) {
	const { language } = useShared();
	if (!of.s) return <span data-n={of.n}>{shown(of, language)}</span>;
	return (
		<span data-n={of.n} data-s={of.s} title={spoken(of, language)} class="lacking">
			<span aria-hidden="true">{shown(of, language)}</span>
			<span class="aloud">{spoken(of, language)}</span>
		</span>
	);
}

export function Change({ of }: { of: number | null }) {
	const { language, t } = useShared();
	return of === null ? <span class="aloud">{t.none}</span> : <span>{signed(of, language)}</span>;
}

const marks: Record<Verdict, string> = { increase: "▲", decrease: "▼", usual: "·", new: "", none: "" };

/** In words, with a sign beside; colour says nothing that these do not. A difference that may well be chance is called so. */
export function Said({ verdict, holds }: { verdict: Verdict; holds: boolean }) {
	const { t } = useShared();
	const moved = verdict === "increase" || verdict === "decrease";
	const chance = moved && !holds;
	return (
		<span class={"said " + (chance ? "usual" : verdict)}>
			<span aria-hidden="true">{chance ? "·" : marks[verdict]}</span> {chance ? t.chance : t[verdict]}
		</span>
	);
}

const stateMarks: Record<State, string> = { complete: "✓", nothing: "✓", filling: "◔", missing: "!", not_connected: "–", partly: "◐" };

export function Delivery({ state }: { state: State }) {
	const { t } = useShared();
	return (
		<span class={"state " + state}>
			<span aria-hidden="true">{stateMarks[state]}</span> {state === "missing" ? t.missingState : t[state]}
		</span>
	);
}

const WIDTH = 96;
const HEIGHT = 24;

/** Months as a line; a month that is not known is a hole in it, never a zero. The last one bears a dot. */
export function Spark({ points }: { points: (number | null)[] }) {
	const max = Math.max(1, ...points.map((p) => p ?? 0));
	const x = (i: number) => 3 + (i * (WIDTH - 6)) / Math.max(1, points.length - 1);
	const y = (n: number) => HEIGHT - 3 - (n / max) * (HEIGHT - 6);
	let d = "";
	let pen = false;
	points.forEach((p, i) => {
		if (p !== null) d += `${pen ? "L" : "M"}${x(i).toFixed(1)} ${y(p).toFixed(1)}`;
		pen = p !== null;
	});
	const last = points[points.length - 1];
	return (
		<svg class="spark" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
			<path d={d} />
			{last !== null && last !== undefined && <circle cx={x(points.length - 1)} cy={y(last)} r="2.2" />}
		</svg>
	);
}

/** A part of a page with its heading. */
export function Part({ id, title, lead, children, aside }: { id: string; title: string; lead?: string; children: ComponentChildren; aside?: ComponentChildren }) {
	return (
		<section class={"part part-" + id} aria-labelledby={id}>
			<div class="head">
				<h2 id={id} tabIndex={-1}>
					{title}
				</h2>
				{aside}
			</div>
			{lead && <p class="lead">{lead}</p>}
			{children}
		</section>
	);
}
