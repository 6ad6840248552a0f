-- Sums of the tertial that begins at $2 and of the same a year before, within the council's scope, by source; null when a month of it is not complete.
WITH known AS (
	SELECT source, bool_and(state IN ('complete', 'nothing')) FILTER (WHERE month >= $2::text::date) AS this,
		count(*) FILTER (WHERE month < $2::text::date AND state IN ('complete', 'nothing')) = 4 AS before
	FROM lagesbild.delivery WHERE municipality = (SELECT municipality FROM lagesbild.area WHERE code = $1::text)
	AND (month >= $2::text::date AND month < $2::text::date + interval '4 months'
		OR month >= $2::text::date - interval '12 months' AND month < $2::text::date - interval '8 months') GROUP BY 1)
SELECT to_char($2::text::date, 'YYYY') || 'T' || ceil(extract(month FROM $2::text::date) / 4)::int, s.short,
	coalesce(sum(r.n) FILTER (WHERE r.month >= $2::text::date), 0)::bigint,
	CASE WHEN k.before THEN coalesce(sum(r.n) FILTER (WHERE r.month < $2::text::date), 0)::bigint END
FROM known k JOIN lagesbild.source s ON s.source = k.source
LEFT JOIN lagesbild.month_rollup r ON r.source = k.source AND r.area = $1::text
	AND r.category IN (SELECT code FROM lagesbild.category WHERE est AND parent IS NULL)
	AND (r.month >= $2::text::date AND r.month < $2::text::date + interval '4 months'
		OR r.month >= $2::text::date - interval '12 months' AND r.month < $2::text::date - interval '8 months')
WHERE k.this GROUP BY 1, 2, k.before
