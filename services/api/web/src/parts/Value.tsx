import type { Figure, Verdict } from "../api";
import { useApp } from "../app";
import { shown, spoken } from "../figure";
import type { Texts } from "../text";

/** A figure as it is printed and, where signs stand for words, as it is read aloud. data-n is for tests. */
export function Value({ f }: { f: Figure }) {
	const { language } = useApp();
	const text = shown(f, language);
	return (
		<span class={f.s ? "fig lacks" : "fig"} data-n={f.n ?? ""} data-s={f.s ?? ""} title={f.s ? spoken(f, language) : undefined}>
			{f.s ? (
				<>
					<span aria-hidden="true">{text}</span>
					<span class="aloud">{spoken(f, language)}</span>
				</>
			) : (
				text
			)}
		</span>
	);
}

/** A verdict in words. A difference that does not hold, allowing for how many were looked at, is called what it may be. few: so few that no test
 * could have told. */
export function judgement(t: Texts, verdict: Verdict, holds: boolean, few = false): string {
	const chance = !holds && (verdict === "increase" || verdict === "decrease");
	return few && (chance || verdict === "usual") ? t.few : chance ? t.chance : t[verdict];
}

const signs: Record<Verdict, string> = { increase: "▲", decrease: "▼", usual: "·", new: "", none: "" };

/** The same with a sign beside. */
export function Judgement({ verdict, holds, few = false }: { verdict: Verdict; holds: boolean; few?: boolean }) {
	const { t } = useApp();
	const chance = !holds && (verdict === "increase" || verdict === "decrease");
	const said = few && (chance || verdict === "usual") ? "none" : chance ? "usual" : verdict;
	return (
		<span class={`verdict ${said}${holds ? " holds" : ""}`}>
			<span aria-hidden="true">{signs[said]} </span>
			{judgement(t, verdict, holds, few)}
		</span>
	);
}
