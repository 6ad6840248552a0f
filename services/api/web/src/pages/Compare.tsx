import { useEffect } from "preact/hooks";
import type { Summary } from "../api";
import { go, useAddress, useApp, useLoaded, withQuery } from "../app";
import { areaName, earlier, periodName, plainly } from "../figure";
import { areaBefore, areaFigure } from "../judge";
import { AreaTable } from "../parts/AreaTable";
import { Csv } from "../parts/Csv";
import { Switch } from "./Picture";

/** Areas beside each other: one source at a time, for sources are never added up; each figure with last year's. */
export function Compare({ period }: { period: string }) {
	const { t, language, version } = useApp();
	const address = useAddress();
	const { value: s, problem } = useLoaded<Summary>(`/api/v1/summary/${encodeURIComponent(period)}`, version);
	const then = earlier(s?.months ?? 1, language);
	useEffect(() => {
		if (s) document.title = `${t.compare} · ${periodName(s.period, language)} – ${t.title}`;
	}, [s?.period, language]);
	const source = s?.sources.find((x) => x.source === address.query.get("kalla")) ?? s?.sources.find((x) => x.source !== "press" && x.state !== "not_connected") ?? s?.sources[0];
	if (!s || !source)
		return (
			<main id="main">
				<p class="note" role="status">
					{problem ? (problem.status === 0 || problem.status >= 500 ? t.away : problem.title) : s ? t.noData : t.loading}
				</p>
			</main>
		);
	const columns = s.rows.filter((r) => r.est && r.source === source.source);
	const known = s.areas.filter((a) => a.est && a.source === source.source);
	const name = (code: string) => areaName(s, code, language);
	const areas = [...new Set(known.map((a) => a.area))].sort((a, b) => name(a).localeCompare(name(b), "sv"));
	const found = (area: string, category: string) => known.find((x) => x.area === area && x.category === category);
	return (
		<main id="main">
			<div class="head">
				<h1>
					{t.compare} · {periodName(s.period, language)}
					{!s.complete && <span class="preliminary"> ({t.preliminary})</span>}
				</h1>
				<Switch s={s} base="/jamfor" />
			</div>
			<section aria-labelledby="compare">
				<div class="title">
					<h2 id="compare">{source[language]}</h2>
					<label>
						{t.source}{" "}
						<select value={source.source} onChange={(e) => go(withQuery(address, { kalla: e.currentTarget.value }, `/jamfor/${s.period}`), true)}>
							{s.sources
								.filter((x) => x.state !== "not_connected")
								.map((x) => (
									<option value={x.source}>{x[language]}</option>
								))}
						</select>
					</label>
					<Csv
						of={t.compare}
						name={`${s.period} ${t.compare} ${source[language]}`}
						head={[t.area, ...columns.flatMap((c) => [c[language], `${c[language]}, ${then}`])]}
						rows={() => areas.map((code) => [name(code), ...columns.flatMap((c) => [areaFigure(found(code, c.category), source), areaBefore(found(code, c.category), source)].map(plainly))])}
					/>
				</div>
				<p class="quiet">{source.source === "press" ? t.pressNote : t.compareLead.replaceAll("{then}", then)}</p>
				{!areas.length || !columns.length ? (
					<p>{t.noRows}</p>
				) : (
					<AreaTable
						label={t.compare}
						source={source}
						columns={columns}
						areas={areas}
						name={name}
						found={found}
						mark={(a) => (a?.holds ? ` holds verdict ${a.verdict}` : "")}
						around={(figure, area, c) => {
							const a = found(area, c.category);
							return (
								<a href={`/bild/${s.period}?rad=${c.category}.${c.source}&omrade=${encodeURIComponent(area)}`}>
									{a?.holds && <span aria-label={t[a.verdict]}>{a.verdict === "increase" ? "▲" : "▼"} </span>}
									{figure}
								</a>
							);
						}}
					/>
				)}
			</section>
		</main>
	);
}
