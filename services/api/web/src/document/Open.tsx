import { useEffect } from "preact/hooks";
import type { Summary } from "../api";
import { useApp, useLoaded } from "../app";
import { periodName } from "../figure";
import { when } from "./data";
import { OpenSheet, titleOf } from "./Sheet";
import { kindName, words } from "./text";
import { kindOf } from "./words";

interface Said {
	text: string;
	owner: string;
	owner_en: string;
	area_name: string | null;
	state: string;
}

/** What anybody may read: the published pictures, and what has been done. */
export function Open() {
	const { t, language } = useApp();
	const w = words[language];
	const { value, problem } = useLoaded<{ rows: { id: number; period: string; area_name: string; published_at: string }[] }>("/api/v1/public/editions");
	const { value: said } = useLoaded<{ rows: Said[] }>("/api/v1/public/measures");
	useEffect(() => void (document.title = w.openTitle), [language]);
	return (
		<main id="main">
			<h1>{w.openTitle}</h1>
			<p>{w.openLead}</p>
			{!value && (
				<p class="note" role="status">
					{problem ? problem.title || t.away : t.loading}
				</p>
			)}
			<section aria-labelledby="pictures">
				<h2 id="pictures">{w.all}</h2>
				{value?.rows.length === 0 && <p class="quiet">{w.openNone}</p>}
				<ul class="plain">
					{value?.rows.map((e) => (
						<li>
							<a href={`/offentligt/${e.id}`}>
								{e.area_name} · {periodName(e.period, language)}
							</a>{" "}
							<span class="quiet">
								{w.published.toLowerCase()} {when(e.published_at, language)}
							</span>
						</li>
					))}
				</ul>
			</section>
			{said && said.rows.length > 0 && (
				<section aria-labelledby="said">
					<h2 id="said">{w.youSaid}</h2>
					<ul class="plain">
						{said.rows.map((m) => (
							<li>
								<p class="written">{m.text}</p>
								<p class="quiet">
									{[m.area_name, language === "sv" ? m.owner : m.owner_en, w.measureStates[m.state]].filter(Boolean).join(" · ")}
								</p>
							</li>
						))}
					</ul>
				</section>
			)}
		</main>
	);
}

export function OpenEdition({ id }: { id: string }) {
	const { t, language } = useApp();
	const w = words[language];
	const { value: e, problem } = useLoaded<{ id: number; period: string; published_at: string | null; hash: string; text: string; summary: Summary }>(`/api/v1/public/editions/${encodeURIComponent(id)}`);
	useEffect(() => {
		if (e) document.title = `${titleOf(e.summary, language)} – ${kindName(kindOf(e.summary), language)}, ${w.openPicture.toLowerCase()}`;
	}, [e, language]);
	if (!e)
		return (
			<main id="main">
				<p class="note" role="status">
					{problem ? problem.title || t.away : t.loading}
				</p>
			</main>
		);
	const kind = kindName(kindOf(e.summary), language);
	return (
		<main id="main" class="document">
			<h1>
				{titleOf(e.summary, language)} <span class="preliminary">{kind}</span>
			</h1>
			<p class="quiet">
				{w.open} {e.published_at ? `${w.published} ${when(e.published_at, language)}` : w.notApproved}. {w.edition} {e.id}, {w.checksum.toLowerCase()} <code>{e.hash.slice(0, 16)}</code>.
			</p>
			<p class="screen row">
				<a href={`/api/v1/public/editions/${e.id}/offentlig.pdf`} download={`lagesbild-${e.period.replace("/", "-")}-utgava-${e.id}.pdf`}>
					PDF
				</a>
				<a href="/offentligt">{w.all}</a>
			</p>
			<OpenSheet s={e.summary} text={e.text} />
		</main>
	);
}
