// What stands between this page and the documents: the edition of the period, and what has changed since the picture before was frozen.
import type { Summary } from "../api";
import { useApp, useLoaded } from "../app";
import { words } from "../document/text";
import type { Listed } from "../document/words";
import { monthName, periodName, signed } from "../figure";
import { before, ofPeriod, summed, type Revision } from "../since";

export const useEditions = () => useLoaded<{ rows: Listed[] }>("/api/v1/editions").value?.rows ?? [];

interface Props {
	s: Summary;
	editions: Listed[];
}

/** How far the document of what is shown is. */
export function EditionOf({ s, editions }: Props) {
	const { language } = useApp();
	const w = words[language];
	const edition = ofPeriod(editions, s);
	if (!edition) return null;
	return (
		<a class={`badge screen ${edition.state}`} href={`/utgavor/${edition.id}`}>
			{w.edition} {edition.id}: {w.states[edition.state]}
		</a>
	);
}

/** "februari +2 sena, −1 rättad": since the last picture of the same kind that was approved. */
export function Since({ s, editions }: Props) {
	const { language, version } = useApp();
	const w = words[language];
	const edition = before(editions, s);
	const { value } = useLoaded<{ rows: Revision[] }>(edition ? `/api/v1/editions/${edition.id}/revisions` : null, version);
	if (!edition || !value) return null;
	const changes = summed(value.rows);
	return (
		<section aria-labelledby="since">
			<h2 id="since">{w.changed}</h2>
			<p class="quiet">
				<a href={`/utgavor/${edition.id}`}>
					{periodName(edition.period, language)}, {w.edition.toLowerCase()} {edition.id}
				</a>
			</p>
			{changes.length === 0 ? (
				<p>{w.changedNone}</p>
			) : (
				<ul class="plain">
					{changes.map(({ month, causes }) => (
						<li>
							{monthName(month, language)}: {causes.map(([cause, delta]) => `${signed(delta, language)} ${w.causes[cause] ?? cause}`).join(", ")}
						</li>
					))}
				</ul>
			)}
		</section>
	);
}
