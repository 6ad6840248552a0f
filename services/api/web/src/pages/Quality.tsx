import { useApp, useLoaded } from "../app";

interface Health {
	sources: { source: string; sv: string; en: string; last_event_at: string | null; received_7d: number; usual_7d: number | null; lag_p50_s: number | null; unmapped_7d: number; without_area_7d: number; silent: boolean }[];
	refused: { source: string; reason: string; n: number }[];
}

function duration(s: number | null): string {
	if (s === null) return "..";
	if (s < 7200) return `${Math.round(s / 60)} min`;
	return s < 172800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86400)} d`;
}

export function Quality() {
	const { t, language, version } = useApp();
	const { value, problem } = useLoaded<Health>("/api/v1/quality", version);
	const number = (n: number | null) => (n === null ? ".." : n.toLocaleString(language === "sv" ? "sv-SE" : "en-GB", { maximumFractionDigits: 0 }));
	return (
		<main id="main">
			<h1>{t.quality}</h1>
			{!value && <p class="note">{problem ? problem.title || t.away : t.loading}</p>}
			{value && (
				<>
					<div class="scroll" tabIndex={0} role="group" aria-label={t.quality}>
						<table class="rows">
							<thead>
								<tr>
									<th scope="col">{t.source}</th>
									<th scope="col" class="number">
										{t.received}
									</th>
									<th scope="col" class="number">
										{t.usualWeek}
									</th>
									<th scope="col" class="number">
										{t.lag}
									</th>
									<th scope="col" class="number">
										{t.unmapped}
									</th>
									<th scope="col" class="number">
										{t.withoutArea}
									</th>
									<th scope="col">{t.state}</th>
								</tr>
							</thead>
							<tbody>
								{value.sources.map((h) => (
									<tr data-source={h.source}>
										<th scope="row">{language === "sv" ? h.sv : h.en}</th>
										<td class="number">{number(h.received_7d)}</td>
										<td class="number">{number(h.usual_7d)}</td>
										<td class="number">{duration(h.lag_p50_s)}</td>
										<td class="number">{number(h.unmapped_7d)}</td>
										<td class="number">{number(h.without_area_7d)}</td>
										<td>{h.silent ? <strong class="trouble">{t.silent}</strong> : "✓"}</td>
									</tr>
								))}
							</tbody>
						</table>
					</div>
					<h2>{t.refused}</h2>
					{value.refused.length === 0 ? (
						<p class="quiet">{t.nobody}</p>
					) : (
						<table class="rows small">
							<tbody>
								{value.refused.map((r) => (
									<tr>
										<th scope="row">{r.source}</th>
										<td>{r.reason}</td>
										<td class="number">{r.n}</td>
									</tr>
								))}
							</tbody>
						</table>
					)}
				</>
			)}
		</main>
	);
}
