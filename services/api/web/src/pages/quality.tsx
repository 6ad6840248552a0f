// How the sources deliver.
import { useData, useShared } from "../state";

interface Health {
	source: string;
	sv: string;
	en: string;
	last_event_at: string | null;
	received_7d: number | null;
	usual_7d: number | null;
	lag_p50_s: number | null;
	unmapped_7d: number | null;
	without_area_7d: number | null;
	silent: boolean;
}
interface Answer {
	sources: Health[];
	refused: { source: string; reason: string; n: number }[];
}

function duration(seconds: number | null): string {
	if (seconds === null) return "..";
	if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
	return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`;
}

export function Quality() {
	const { t, language } = useShared();
	const { data, problem } = useData<Answer>("/api/v1/quality");
	if (problem) return <p class="notice">{problem.title}</p>;
	if (!data) return <p class="quiet">{t.loading}</p>;
	document.title = `${t.quality} – ${t.title}`;
	const locale = language === "sv" ? "sv-SE" : "en-GB";
	const day = (at: string | null) => (at ? new Date(at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short", timeZone: "Europe/Stockholm" }) : "..");
	const number = (n: number | null) => n?.toLocaleString(locale, { maximumFractionDigits: 0 }) ?? "..";
	return (
		<article>
			<h1>{t.quality}</h1>
			<p class="lead">{t.qualityLead}</p>
			<div class="scroll" tabIndex={0} role="region" aria-label={t.quality}>
				<table>
					<thead>
						<tr>
							<th scope="col">{t.source}</th>
							<th scope="col">{t.state}</th>
							<th scope="col">{t.lastEvent}</th>
							{[t.received, t.usualWeek, t.lag, t.unmapped, t.withoutArea].map((name) => (
								<th scope="col" class="num">
									{name}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{data.sources.map((s) => (
							<tr>
								<th scope="row">{s[language]}</th>
								<td>
									<span class={"state " + (s.silent ? "missing" : "complete")}>
										<span aria-hidden="true">{s.silent ? "!" : "✓"}</span> {s.silent ? t.silent : t.noneSilent}
									</span>
								</td>
								<td>{day(s.last_event_at)}</td>
								<td class="num">{number(s.received_7d)}</td>
								<td class="num">{number(s.usual_7d)}</td>
								<td class="num">{duration(s.lag_p50_s)}</td>
								<td class="num">{number(s.unmapped_7d)}</td>
								<td class="num">{number(s.without_area_7d)}</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
			<h2>{t.refused}</h2>
			{data.refused.length === 0 ? (
				<p>{t.noData}</p>
			) : (
				<table>
					<thead>
						<tr>
							<th scope="col">{t.source}</th>
							<th scope="col">{t.reason}</th>
							<th scope="col" class="num">
								{t.number}
							</th>
						</tr>
					</thead>
					<tbody>
						{data.refused.map((r) => (
							<tr>
								<th scope="row">{data.sources.find((s) => s.source === r.source)?.[language] ?? r.source}</th>
								<td>{r.reason}</td>
								<td class="num">{number(r.n)}</td>
							</tr>
						))}
					</tbody>
				</table>
			)}
		</article>
	);
}
