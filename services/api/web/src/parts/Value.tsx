import type { Figure, Verdict } from "../api";
import { useApp } from "../app";
import { shown, spoken } from "../figure";

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

const signs: Record<Verdict, string> = { increase: "▲", decrease: "▼", usual: "·", new: "", none: "" };

/** In words, with a sign beside. A difference that does not hold, allowing for how many were looked at, is called what it may be. few: so few that
 * no test could have told. */
export function Judgement({ verdict, holds, few = false }: { verdict: Verdict; holds: boolean; few?: boolean }) {
	const { t } = useApp();
	const chance = !holds && (verdict === "increase" || verdict === "decrease");
	if (few && (chance || verdict === "usual")) return <span class="verdict none">{t.few}</span>;
	return (
		<span class={`verdict ${chance ? "usual" : verdict}${holds ? " holds" : ""}`}>
			<span aria-hidden="true">{signs[chance ? "usual" : verdict]} </span>
			{chance ? t.chance : t[verdict]}
		</span>
	);
}
