// Published pictures, each with its own figures.
import { periodName } from "../figure";
import { useData, useShared } from "../state";

interface Edition {
	id: number;
	period: string;
	area: string;
	state?: string;
	created_at?: string;
	comment?: string;
}

export function Editions() {
	const { t, language } = useShared();
	const { data, problem } = useData<{ rows: Edition[] }>("/api/v1/editions");
	if (problem) return <p class="notice">{problem.title}</p>;
	if (!data) return <p class="quiet">{t.loading}</p>;
	document.title = `${t.editions} – ${t.title}`;
	if (!data.rows.length) return <Empty />;
	return (
		<article>
			<h1>{t.editions}</h1>
			<table>
				<thead>
					<tr>
						<th scope="col">{t.edition}</th>
						<th scope="col">{t.period}</th>
						<th scope="col">{t.state}</th>
						<th scope="col">{t.made}</th>
					</tr>
				</thead>
				<tbody>
					{data.rows.map((e) => (
						<tr>
							<th scope="row">
								<a href={`/utgavor/${e.id}`}>{e.id}</a>
							</th>
							<td>{periodName(e.period, language)}</td>
							<td>{e.state ?? ""}</td>
							<td>{e.created_at?.slice(0, 10) ?? ""}</td>
						</tr>
					))}
				</tbody>
			</table>
		</article>
	);
}

function Empty() {
	const { t } = useShared();
	return (
		<article>
			<h1>{t.editions}</h1>
			<p>{t.noEditions}</p>
		</article>
	);
}
