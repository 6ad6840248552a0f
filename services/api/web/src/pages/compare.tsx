// Areas beside each other: one source at a time, each figure with last year's.
import type { Summary } from "../api";
import { format } from "../address";
import { periodName } from "../figure";
import { areaFigure } from "../judge";
import { Delivery, Value } from "../parts/figures";
import { go, useData, useShared } from "../state";

export function Compare({ path }: { path: string }) {
	const { t, at, language } = useShared();
	const { data, problem } = useData<Summary>(path);
	if (problem) return <p class="notice">{problem.title}</p>;
	if (!data) return <p class="quiet">{t.loading}</p>;
	const source = data.sources.find((s) => s.source === at.kalla) ?? data.sources.find((s) => s.source !== "press") ?? data.sources[0];
	if (!source) return <p class="notice">{t.noData}</p>;
	const columns = data.rows.filter((r) => r.est && r.source === source.source);
	const lines = data.areas.filter((a) => a.source === source.source && a.est);
	const areas = [...new Set(lines.map((a) => a.area))].sort((a, b) => (data.names[a]?.name ?? a).localeCompare(data.names[b]?.name ?? b, "sv"));
	document.title = `${t.compare} – ${t.title}`;
	return (
		<article>
			<h1>
				{t.compare} · {periodName(data.period, language)}
			</h1>
			<p class="lead">{t.compareLead}</p>
			<div class="controls">
				<label>
					{t.source}{" "}
					<select value={source.source} onChange={(e) => go({ ...at, page: "jamfor", rest: data.period, kalla: e.currentTarget.value })}>
						{data.sources.map((s) => (
							<option value={s.source}>{s[language]}</option>
						))}
					</select>
				</label>
				<Delivery state={source.state} />
				<a href={`/api/v1/cells?from=${data.first}&to=${data.first}&below=1&source=${source.source}&area=${data.area.code}&format=csv-excel`} download={`omraden-${data.first}.csv`}>
					{t.csv}
				</a>
			</div>
			{source.source === "press" && <p class="notice">{t.pressNote}</p>}
			<div class="scroll" tabIndex={0} role="region" aria-label={t.compare}>
				<table class="compare">
					<thead>
						<tr>
							<th scope="col">{t.area}</th>
							{columns.map((c) => (
								<th scope="col" class="num">
									{c[language]}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{areas.map((code) => (
							<tr>
								<th scope="row">
									<a href={format({ page: "bild", rest: data.period, omrade: code })}>{data.names[code]?.name ?? code}</a>
								</th>
								{columns.map((c) => {
									const found = lines.find((a) => a.area === code && a.category === c.category);
									return (
										<td class={"num" + (found?.holds ? " holds " + found.verdict : "")}>
											{found?.holds && <span aria-label={t[found.verdict]}>{found.verdict === "increase" ? "▲" : "▼"} </span>}
											<Value of={areaFigure(found, source)} />
											{found && (
												<span class="quiet">
													{" "}
													(<Value of={found.last_year} />)
												</span>
											)}
										</td>
									);
								})}
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</article>
	);
}
