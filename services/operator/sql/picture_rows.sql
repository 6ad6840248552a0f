-- First-level categories of area $1 (a municipality, a county or an own area) in month $2, by source, those with anything in the last thirteen
-- months, what has changed first, then what happens most: sv, source, n, last year, twelve months; how many rows of each are suppressed; the month's state; whether it, the same month of last
-- year and all of the twelve are known; whether the source is new since; whether it is in the council's scope; what is to be thought of it
-- (increase, decrease, chance, usual, none), by the rules of lagesbild.summary. $3: only sources that report from other municipalities than
-- this one too ('': all).
WITH c AS MATERIALIZED (
	SELECT category, est, source, month, n, n_suppressed, municipality FROM lagesbild_store.open_cell
	WHERE $1::text IN (municipality, left(municipality, 2), area, '00')
	AND month > $2::text::date - interval '13 months' AND month <= $2::text::date),
r AS (
	SELECT category, est, source,
		coalesce(sum(n) FILTER (WHERE month = $2::text::date), 0)::bigint AS n,
		coalesce(sum(n) FILTER (WHERE month = $2::text::date - interval '1 year'), 0)::bigint AS last_year,
		coalesce(sum(n) FILTER (WHERE month > $2::text::date - interval '1 year'), 0)::bigint AS n12,
		coalesce(sum(n_suppressed) FILTER (WHERE month = $2::text::date), 0)::bigint AS hid,
		coalesce(sum(n_suppressed) FILTER (WHERE month = $2::text::date - interval '1 year'), 0)::bigint AS last_year_hid,
		coalesce(sum(n_suppressed) FILTER (WHERE month > $2::text::date - interval '1 year'), 0)::bigint AS hid12
	FROM c WHERE $3::text = '' OR source IN (SELECT source FROM c WHERE municipality <> $3::text AND length(municipality) = 4)
	GROUP BY 1, 2, 3),
state AS MATERIALIZED (SELECT * FROM lagesbild_store.states_in((SELECT municipality FROM lagesbild.area WHERE code = $1::text))),
days AS (SELECT extract(day FROM $2::text::date + interval '1 month' - interval '1 day')::double precision AS now,
	extract(day FROM $2::text::date - interval '11 months' - interval '1 day')::double precision AS then),
told AS MATERIALIZED (
	SELECT r.*, coalesce(t.state, 'not_connected') AS state, coalesce(t.known, false) AS known, coalesce(t.known_last_year, false) AS known_last_year,
		coalesce(t.known_12, false) AS known_12, coalesce(y.state, 'not_connected') = 'not_connected' AS young,
		CASE WHEN t.known AND t.known_last_year AND r.hid = 0 AND r.last_year_hid = 0 AND y.state <> 'not_connected'
			THEN lagesbild_store.exact_p(r.n, r.last_year, d.now / (d.now + d.then)) END AS p
	FROM r CROSS JOIN days d
	LEFT JOIN state t ON t.source = r.source AND t.m = lagesbild_store.month_number($2::text::date)
	LEFT JOIN state y ON y.source = r.source AND y.m = lagesbild_store.month_number($2::text::date) - 12),
ranked AS (SELECT p, rank() OVER (ORDER BY p) AS k, count(*) OVER () AS of FROM told WHERE p IS NOT NULL AND est AND n + last_year >= 8),
held AS (SELECT max(p) AS p FROM ranked WHERE p <= 0.05 * k / of)
SELECT g.sv, s.short, r.n, r.last_year, r.n12, r.hid, r.last_year_hid, r.hid12, r.state, r.known, r.known_last_year, r.known_12, r.young, r.est,
	v.verdict
FROM told r CROSS JOIN held CROSS JOIN LATERAL (SELECT CASE WHEN r.p IS NULL THEN 'none' WHEN r.p >= 0.05 THEN 'usual'
	WHEN r.est AND r.n + r.last_year >= 8 AND r.p <= held.p THEN CASE WHEN r.n > r.last_year THEN 'increase' ELSE 'decrease' END ELSE 'chance' END AS verdict) v
JOIN lagesbild.category g ON g.code = r.category JOIN lagesbild.source s ON s.source = r.source
WHERE r.n12 > 0 OR r.hid12 > 0 OR r.last_year > 0 OR r.last_year_hid > 0
ORDER BY r.est DESC, v.verdict IN ('increase', 'decrease') DESC, r.n DESC, r.n12 DESC, g.sv, s.short
