-- Level-1 categories of area $1 in the twelve months up to $2: sv, source, n, last year (null: not known), twelve months, suppressed, whether it is in the council's scope, first whether the month is known at all.
WITH r AS (
	SELECT category, source, sum(n) FILTER (WHERE month = $2::text::date) AS n,
		sum(n) FILTER (WHERE month = $2::text::date - interval '1 year') AS last_year,
		sum(n) FILTER (WHERE month > $2::text::date - interval '12 months' AND month <= $2::text::date) AS n12,
		coalesce(sum(n_suppressed) FILTER (WHERE month = $2::text::date), 0) AS suppressed
	FROM lagesbild.month_rollup WHERE area = $1::text AND month > $2::text::date - interval '13 months' AND month <= $2::text::date GROUP BY 1, 2),
states AS (
	SELECT source, month, state FROM lagesbild.delivery
	WHERE municipality = (SELECT municipality FROM lagesbild.area WHERE code = $1::text)
	AND month IN ($2::text::date, ($2::text::date - interval '1 year')::date))
SELECT g.sv, s.short, CASE WHEN d.state IN ('missing', 'not_connected') THEN NULL ELSE coalesce(r.n, 0)::bigint END AS n,
	CASE WHEN y.state IN ('complete', 'nothing') THEN coalesce(r.last_year, 0)::bigint END AS last_year,
	coalesce(r.n12, 0)::bigint AS n12, (r.suppressed > 0) AS suppressed, g.est
FROM r JOIN lagesbild.category g ON g.code = r.category AND g.parent IS NULL JOIN lagesbild.source s ON s.source = r.source
LEFT JOIN states d ON d.source = r.source AND d.month = $2::text::date
LEFT JOIN states y ON y.source = r.source AND y.month = $2::text::date - interval '1 year'
WHERE r.n12 > 0 OR r.last_year > 0 OR r.suppressed > 0
ORDER BY g.est DESC, coalesce(r.n, 0) DESC, r.n12 DESC, g.sv
