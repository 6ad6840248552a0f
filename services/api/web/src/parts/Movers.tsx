import type { Figure, Row, Summary } from "../api";
import { useAddress, useApp, withQuery } from "../app";
import { plainly, shortName, signed } from "../figure";
import { difference, movers } from "../judge";
import { Csv } from "./Csv";
import { Value } from "./Value";

function Moved({ s, rows, title, now, then }: { s: Summary; rows: Row[]; title: string; now: (r: Row) => Figure; then: (r: Row) => Figure }) {
	const { t, language } = useApp();
	const address = useAddress();
	const { up, down } = movers(rows, (r) => difference(now(r), then(r)), 4);
	if (!up.length && !down.length)
		return (
			<div>
				<p class="quiet">
					{title}: {t.notMoved}
				</p>
			</div>
		);
	return (
		<table class="rows small moved">
			<caption>{title}</caption>
			<thead>
				<tr>
					<th scope="col">{t.category}</th>
					<th scope="col" class="number">
						{t.change}
					</th>
					<th scope="col" class="number">
						{t.now}
					</th>
					<th scope="col" class="number">
						{t.then}
					</th>
				</tr>
			</thead>
			<tbody>
				{[...up, ...down.reverse()].map((r) => (
					<tr>
						<th scope="row">
							<a href={withQuery(address, { rad: `${r.category}.${r.source}` })}>{r[language]}</a>, {shortName(s.sources, r.source, language)}
						</th>
						<td class="number">
							<strong>{signed(difference(now(r), then(r)), language)}</strong>
						</td>
						<td class="number">
							<Value f={now(r)} />
						</td>
						<td class="number">
							<Value f={then(r)} />
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

/** The largest differences, source by source: against the same time last year, and twelve months against the twelve before. */
export function Movers({ s, rows }: { s: Summary; rows: Row[] }) {
	const { t, language } = useApp();
	return (
		<section aria-labelledby="moved">
			<div class="title">
				<h2 id="moved">{t.moved}</h2>
				<Csv
					of={t.moved}
					name={`${s.period} ${s.area.name} ${t.moved}`}
					head={[t.category, t.source, t.now, t.lastYear, t.twelve, t.twelveBefore]}
					rows={() => rows.filter((r) => r.est).map((r) => [r[language], r.source, ...[r.n, r.last_year, r.r12, r.r12_before].map((f) => plainly(f))])}
				/>
			</div>
			<p class="quiet">{t.movedLead}</p>
			<div class="pair">
				<Moved s={s} rows={rows} title={`${t.againstYear} ${t.lastYear}`} now={(r) => r.n} then={(r) => r.last_year} />
				<Moved s={s} rows={rows} title={t.againstTwelve} now={(r) => r.r12} then={(r) => r.r12_before} />
			</div>
		</section>
	);
}
