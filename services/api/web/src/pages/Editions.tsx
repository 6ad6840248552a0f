import { useApp, useLoaded } from "../app";
import { periodName } from "../figure";

interface Edition {
	id: number;
	period: string;
	area: string;
	state: string;
	created_at: string;
	created_by: string;
	published_at: string | null;
	hash: string;
	superseded_by: number | null;
}

export function Editions() {
	const { t, language, version } = useApp();
	const { value, problem } = useLoaded<{ rows: Edition[] }>("/api/v1/editions", version);
	const time = (text: string) => new Date(text).toLocaleString(language === "sv" ? "sv-SE" : "en-GB", { dateStyle: "short", timeStyle: "short" });
	return (
		<main id="main">
			<h1>{t.editions}</h1>
			{!value && <p class="note">{problem ? problem.title || t.away : t.loading}</p>}
			{value && value.rows.length === 0 && <p class="quiet">{t.noData}</p>}
			{value && value.rows.length > 0 && (
				<table class="rows">
					<tbody>
						{value.rows.map((e) => (
							<tr>
								<th scope="row">{periodName(e.period, language)}</th>
								<td>{e.area}</td>
								<td>{e.state}</td>
								<td>
									{t.frozen} {time(e.created_at)}, {e.created_by}
								</td>
								<td>
									<code title={e.hash}>{e.hash.slice(0, 12)}</code>
								</td>
								<td>
									<a href={`/api/v1/editions/${e.id}/revisions?format=csv-excel`} download>
										{t.revisions} ({t.csv})
									</a>
								</td>
							</tr>
						))}
					</tbody>
				</table>
			)}
		</main>
	);
}
