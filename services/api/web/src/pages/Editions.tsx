import { useEffect } from "preact/hooks";
import { useApp, useLoaded } from "../app";
import { when } from "../document/data";
import { words } from "../document/text";
import { addMonths, periodName } from "../figure";

interface Edition {
	id: number;
	period: string;
	area: string;
	state: string;
	created_at: string;
	created_by: string;
	hash: string;
	superseded_by: number | null;
}

/** All pictures that were frozen, the newest first; and the one that the law asks for every second year. */
export function Editions() {
	const { t, language, version } = useApp();
	const w = words[language];
	const { value, problem } = useLoaded<{ rows: Edition[] }>("/api/v1/editions", version);
	useEffect(() => void (document.title = `${t.editions} – ${t.title}`), [language]);
	const last = `${new Date().getFullYear() - 1}-12`;
	const law = `${addMonths(last, -23)}/${last}`;
	return (
		<main id="main">
			<h1>{t.editions}</h1>
			<section aria-label={t.editions}>
				{!value && (
					<p class="note" role="status">
						{problem ? problem.title || t.away : t.loading}
					</p>
				)}
				{value && value.rows.length === 0 && <p class="quiet">{t.noData}</p>}
				{value && value.rows.length > 0 && (
					<div class="scroll" tabIndex={0} role="group" aria-label={t.editions}>
						<table class="rows small">
							<tbody>
								{value.rows.map((e) => (
									<tr class={e.superseded_by || e.state === "withdrawn" ? "quiet" : ""}>
										<th scope="row">
											<a href={`/utgavor/${e.id}`}>
												{periodName(e.period, language)}, {w.edition.toLowerCase()} {e.id}
											</a>
										</th>
										<td>
											<span class={`badge ${e.state}`}>{w.states[e.state]}</span>
										</td>
										<td>
											{t.frozen} {when(e.created_at, language)}, {e.created_by}
										</td>
										<td>
											<code title={e.hash}>{e.hash.slice(0, 12)}</code>
										</td>
									</tr>
								))}
							</tbody>
						</table>
					</div>
				)}
			</section>
			<section aria-labelledby="law">
				<h2 id="law">{w.lawNew}</h2>
				<p class="quiet">{w.lawLead}</p>
				<p>
					<a href={`/bild/${encodeURIComponent(law)}`}>{periodName(law, language)}</a>
				</p>
			</section>
		</main>
	);
}
