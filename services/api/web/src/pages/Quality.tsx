import { useEffect } from "preact/hooks";
import { useAddress, useApp, useLoaded, withQuery } from "../app";
import { addMonths, monthName, periodName } from "../figure";
import { concerns, dayOf, duration, number, share, stateOf, words, type Quality as Answer, type SourceQuality, type Unit } from "./quality";
import "./quality.css";

/** Nine weeks as bars, this one the last; the line is a usual week. */
function Weeks({ s }: { s: SourceQuality }) {
	const { language } = useApp();
	const max = Math.max(1, s.usual_7d ?? 0, ...s.weeks.map((n) => n ?? 0));
	const height = (n: number) => (n / max) * 26;
	const label = `${words[language].weeksLabel}: ${s.weeks.map((n) => number(n, language)).join(", ")}`;
	return (
		<svg class="weeks" viewBox="0 0 108 28" width="108" height="28" role="img" aria-label={label}>
			<title>{label}</title>
			{s.weeks.map((n, i) => n !== null && <rect x={i * 12 + 1} y={27 - height(n)} width="9" height={height(n) + 1} class={i === s.weeks.length - 1 ? "this" : ""} />)}
			{s.usual_7d !== null && <line x1="0" x2="108" y1={27 - height(s.usual_7d)} y2={27 - height(s.usual_7d)} />}
		</svg>
	);
}

function Units({ s, q }: { s: SourceQuality; q: Answer }) {
	const { language } = useApp();
	const w = words[language];
	if (!s.units) return null;
	const list = (title: string, units: Unit[], detail: (u: Unit) => string) =>
		units.length > 0 && (
			<>
				<dt>{title}</dt>
				<dd>
					<ul class={`units ${units[0].months ? "active" : "idle"}`}>
						{units.map((u) => (
							<li data-unit={u.unit}>
								<span aria-hidden="true">{u.months ? "✓" : "✗"}</span> {u[language]}
								{detail(u) && <span class="quiet"> ({detail(u)})</span>}
							</li>
						))}
					</ul>
				</dd>
			</>
		);
	return (
		<>
			{list(w.notReported, s.units.units.filter((u) => !u.months), (u) => (u.last ? w.last(monthName(u.last, language)) : w.neverReported))}
			{list(w.reported, s.units.units.filter((u) => u.months), (u) => (q.months > 1 && u.months < q.months ? w.monthsOf(u.months, q.months) : ""))}
		</>
	);
}

function Card({ s, q, operator }: { s: SourceQuality; q: Answer; operator: boolean }) {
	const { language } = useApp();
	const w = words[language];
	// Nothing but signed history: it says nothing of how fast the source is.
	const history = s.n > 0 && s.arrived === null;
	const live = (text: string) => (s.arrived !== null ? text : history ? w.history : "..");
	const row = (what: string, term: string, text: string, command = "") => (
		<>
			<dt>{term}</dt>
			<dd data-what={what}>
				{text}
				{operator && command && (
					<>
						{" "}
						<code>{command}</code>
					</>
				)}
			</dd>
		</>
	);
	return (
		<section class="source" id={s.source} data-source={s.source} aria-labelledby={`name-${s.source}`}>
			<h2 id={`name-${s.source}`}>
				{s[language]}
				{s.units && <span class="count"> {w.units(s.units.active, s.units.of)}</span>}
			</h2>
			<p>
				{s.silent ? <strong class="trouble">{stateOf(s, q, language)}.</strong> : `${stateOf(s, q, language)}.`}{" "}
				<span class={s.state === "missing" ? "trouble" : "quiet"}>
					{periodName(q.period, language)}: {w.states[s.state]}.
				</span>
			</p>
			<dl>
				<dt>{w.week}</dt>
				<dd data-what="week">
					<strong>{number(s.received_7d, language)}</strong> <span class="quiet">{s.usual_7d === null ? w.noUsual : w.usual(number(s.usual_7d, language))}</span>
					{s.weeks.length > 0 && <Weeks s={s} />}
				</dd>
				{row("lag", w.lag, s.lag_p50_s !== null ? w.lagText(duration(s.lag_p50_s, language), duration(s.lag_p90_s, language)) : s.received_7d > 0 ? w.history : "..")}
				{row("late", w.late, live(share(s.late ?? 0, s.arrived ?? 0, language)))}
				{row("unmapped", w.unmapped, share(s.unmapped, s.received, language), s.unmapped > 0 ? `lagesbild unknown types --source ${s.source}` : "")}
				{row("unclear", w.unclear, share(s.unclear, s.n, language))}
				{row(
					"unplaced",
					w.unplaced,
					share(s.unplaced, s.inside, language) + (s.without_area > 0 ? w.outside(number(s.without_area, language)) : ""),
					s.without_area > 0 ? `lagesbild unknown places --source ${s.source}` : "",
				)}
				{row("changed", w.changed, live(w.changedText(number(s.corrected, language), number(s.withdrawn, language), number(s.unfounded, language))))}
				<Units s={s} q={q} />
			</dl>
		</section>
	);
}

function Refused({ q, operator }: { q: Answer; operator: boolean }) {
	const { t, language } = useApp();
	const w = words[language];
	const name = (source: string) => q.sources.find((s) => s.source === source)?.[language] ?? source;
	return (
		<section aria-labelledby="refused">
			<h2 id="refused">{w.refused}</h2>
			<p class="quiet">
				{q.refused.length === 0 ? w.noneRefused : w.refusedLead}{" "}
				{operator && q.refused.length > 0 && (
					<>
						{w.hint} <code>lagesbild deadletters list</code>
					</>
				)}
			</p>
			{q.refused.length > 0 && (
				<div class="scroll" tabIndex={0} role="group" aria-labelledby="refused">
					<table class="rows small refused">
						<thead>
							<tr>
								<th scope="col">{t.source}</th>
								<th scope="col">{w.reason}</th>
								<th scope="col" class="number">
									{w.count}
								</th>
								<th scope="col">{w.latest}</th>
							</tr>
						</thead>
						<tbody>
							{q.refused.map((r) => (
								<tr data-reason={r.reason}>
									<th scope="row">{name(r.source)}</th>
									<td>
										{w.reasons[r.reason] ?? r.reason}
										{operator && w.reasons[r.reason] && (
											<>
												{" "}
												<code>{r.reason}</code>
											</>
										)}
									</td>
									<td class="number">{number(r.n, language)}</td>
									<td>{r.last_at ? dayOf(r.last_at, q.zone, language) : ".."}</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
		</section>
	);
}

export function Quality() {
	const { t, language, version, session } = useApp();
	const w = words[language];
	const address = useAddress();
	const period = address.query.get("period") ?? "";
	const { value: q, problem } = useLoaded<Answer>(`/api/v1/quality${period ? `?period=${encodeURIComponent(period)}` : ""}`, version);
	const operator = session.roles?.includes("operator") ?? false;
	const about = q ? periodName(q.period, language) : "";
	useEffect(() => void (document.title = `${t.quality}${about && ` · ${about}`} – ${t.title}`), [language, about]);
	// The link that led here may name a source, which is there only now.
	useEffect(() => document.getElementById(location.hash.slice(1))?.scrollIntoView(), [!q]);
	if (!q)
		return (
			<main id="main">
				<h1>{t.quality}</h1>
				<p class="note" role="status">
					{problem ? problem.title || t.away : t.loading}
				</p>
			</main>
		);
	const month = (n: number) => addMonths(q.first, n);
	const looked = q.sources.flatMap((s) => concerns(s, q, language).map((text) => [s, text] as const));
	return (
		<main id="main" class="quality">
			<div class="head">
				<h1>
					{t.quality} · {about}
				</h1>
				<nav class="switch" aria-label={t.month}>
					<a href={withQuery(address, { period: month(-1) })} rel="prev">
						◄ <span>{monthName(month(-1), language)}</span>
					</a>
					{month(q.months) <= q.today.slice(0, 7) && (
						<a href={withQuery(address, { period: month(q.months) })} rel="next">
							<span>{monthName(month(q.months), language)}</span> ►
						</a>
					)}
				</nav>
			</div>
			<p class="quiet">{w.lead}</p>
			<section class="verdicts" aria-labelledby="now">
				<h2 id="now">{w.now}</h2>
				{looked.length === 0 && <p>{w.allWell}</p>}
				<ul>
					{looked.map(([s, text]) => (
						<li>
							<a href={`#${s.source}`}>{s[language]}</a>: {text}.
						</li>
					))}
				</ul>
			</section>
			<div class="sources">
				{q.sources.map((s) => (
					<Card s={s} q={q} operator={operator} />
				))}
			</div>
			<Refused q={q} operator={operator} />
			<section class="how" aria-labelledby="legend">
				<h2 id="legend">{w.legend}</h2>
				<dl>
					{w.explained.map(([term, text]) => (
						<>
							<dt>{term}</dt>
							<dd>{text}</dd>
						</>
					))}
				</dl>
			</section>
		</main>
	);
}
