// What stands between this page and the documents: the edition of the period, and what has changed since the picture before was frozen.
import type { Summary } from "../api";
import { useApp, useLoaded } from "../app";
import { words } from "../document/text";
import type { Listed } from "../document/words";
import { monthName, periodName, shortName, signed } from "../figure";
import { before, ofPeriod, summed, type Change, type Revision } from "../since";

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

/** "februari, polis: +2 sena, +1/−1 rättade": since the last picture of the same kind that was approved. */
export function Since({ s, editions }: Props) {
	const { language, version } = useApp();
	const w = words[language];
	const edition = before(editions, s);
	const { value } = useLoaded<{ rows: Revision[] }>(edition ? `/api/v1/editions/${edition.id}/revisions` : null, version);
	if (!edition || !value) return null;
	const changes = summed(value.rows.filter((r) => r.month >= edition.start.slice(0, 7) && r.delta !== 0));
	const told = ({ cause, more, less, hidden }: Change["causes"][number]) =>
		`${[more, -less]
			.filter((n) => n !== 0)
			.map((n) => signed(n, language))
			.concat(hidden ? ".." : [])
			.join("/")} ${w.causes[cause] ?? cause}`;
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
					{changes.map(({ month, source, causes }) => (
						<li>
							{monthName(month, language)}, {shortName(s.sources, source, language)}: {causes.map(told).join(", ")}
						</li>
					))}
				</ul>
			)}
		</section>
	);
}
