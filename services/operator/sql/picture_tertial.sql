-- Sums of the tertial that begins at $2 and of the same a year before in area $1, within the council's scope, by source that was connected in
-- it, silent ones left out: period, source, sum, how many rows of it are suppressed, whether all its months are known, and the same of the year before. $3 as in
-- picture_rows.
WITH edge AS (SELECT lagesbild_store.month_number($2::text::date) AS m),
state AS MATERIALIZED (
	SELECT t.source, t.m, t.known, t.state FROM edge, lagesbild_store.states_in((SELECT municipality FROM lagesbild.area WHERE code = $1::text)) t
	WHERE t.m BETWEEN edge.m AND edge.m + 3 OR t.m BETWEEN edge.m - 12 AND edge.m - 9),
known AS (SELECT source, count(*) FILTER (WHERE known AND state.m >= edge.m) = 4 AS this,
		count(*) FILTER (WHERE known AND state.m < edge.m) = 4 AS before,
		bool_or(state.m >= edge.m AND state <> 'not_connected') AS connected
	FROM state, edge GROUP BY 1),
c AS MATERIALIZED (
	SELECT source, month >= $2::text::date AS this, n, n_suppressed, municipality FROM lagesbild_store.open_cell
	WHERE est AND $1::text IN (municipality, left(municipality, 2), area, '00')
	AND (month >= $2::text::date AND month < $2::text::date + interval '4 months'
		OR month >= $2::text::date - interval '12 months' AND month < $2::text::date - interval '8 months')),
r AS (
	SELECT source, coalesce(sum(n) FILTER (WHERE this), 0)::bigint AS n, coalesce(sum(n_suppressed) FILTER (WHERE this), 0)::bigint AS hid,
		coalesce(sum(n) FILTER (WHERE NOT this), 0)::bigint AS before, coalesce(sum(n_suppressed) FILTER (WHERE NOT this), 0)::bigint AS before_hid,
		bool_or(municipality <> $3::text AND length(municipality) = 4) AS elsewhere
	FROM c GROUP BY 1)
SELECT to_char($2::text::date, 'YYYY') || 'T' || ceil(extract(month FROM $2::text::date) / 4)::int, s.short,
	coalesce(r.n, 0), coalesce(r.hid, 0), k.this, coalesce(r.before, 0), coalesce(r.before_hid, 0), k.before
FROM known k JOIN lagesbild.source s ON s.source = k.source LEFT JOIN r ON r.source = k.source
WHERE k.connected AND (k.this OR k.before OR r.source IS NOT NULL) AND ($3::text = '' OR r.elsewhere) ORDER BY 3 DESC, 2
