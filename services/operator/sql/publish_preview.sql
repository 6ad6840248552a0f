-- What would be frozen of $2 months from $1 on in area $3: cells, hours, places; messages of the period by source; which edition it would take the place of.
WITH b AS (SELECT build AS id FROM lagesbild_store.build_current),
e AS (SELECT lagesbild_store.month_number($1::text::date) - 36 AS lo, lagesbild_store.month_number($1::text::date) + $2::int AS hi),
cells AS MATERIALIZED (SELECT c.* FROM b, e, lagesbild_store.cells_in(b.id, $3::text, e.lo, e.hi) c)
SELECT (SELECT count(*) FROM cells),
	(SELECT count(*) FROM b, e, lagesbild_store.hours_in(b.id, $3::text, e.lo + 24, e.hi)),
	(SELECT count(*) FROM b, e, lagesbild_store.places_in(b.id, $3::text, e.lo + 24, e.hi)),
	coalesce((SELECT string_agg(short || ' ' || CASE WHEN hid = 0 THEN n::text WHEN n = 0 THEN '<5' ELSE '≥' || n END, ', ' ORDER BY id) FROM (
		SELECT s.id, s.short, sum(c.n) AS n, sum(c.n_suppressed) AS hid FROM cells c JOIN lagesbild_store.source s ON s.name = c.source
		WHERE c.month >= $1::text::date GROUP BY 1, 2) n), ''),
	(SELECT max(id) FROM lagesbild_store.edition WHERE (start, months, area) = ($1::text::date, $2::int, $3::text) AND state <> 'withdrawn')
