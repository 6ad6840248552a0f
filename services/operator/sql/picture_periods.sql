-- The month and tertial to show: what $1 names (YYYY-MM), else the newest of the last three ended months (ended: the data, or the clock, have
-- reached its last local day) that no source is still filling, else the last ended. A source that has not delivered for any of the three months
-- before does not hold it up: what is silent is shown as such. Then: 0 not ended, 1 whole, 2 still filling; tertial, zone, municipality, and who still fills the last ended month where
-- that is passed over for it.
WITH b AS MATERIALIZED (SELECT b.* FROM lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id),
d AS MATERIALIZED (SELECT lagesbild_store.today() AS today, (date_trunc('month', lagesbild_store.today() + 1) - interval '1 month')::date AS ended),
states AS MATERIALIZED (SELECT t.* FROM b, lagesbild_store.states_in(b.municipality) t),
state AS MATERIALIZED (SELECT s.short, lagesbild_store.month_date(t.m) AS month
	FROM states t JOIN lagesbild.source s ON s.source = t.source WHERE t.state = 'filling'
	AND EXISTS (SELECT FROM states k WHERE k.source = t.source AND k.known AND k.m BETWEEN t.m - 3 AND t.m - 1)),
m AS MATERIALIZED (SELECT d.*, CASE WHEN $1::text <> '' THEN to_date($1::text, 'YYYY-MM') ELSE coalesce((
		SELECT max(e.month::date) FROM generate_series(d.ended - interval '2 months', d.ended, '1 month') AS e(month)
		WHERE NOT EXISTS (SELECT FROM state WHERE state.month = e.month::date)), d.ended) END AS month FROM d),
t AS (SELECT *, month + interval '1 month' AS after FROM m)
SELECT month::text, to_char(month, 'YYYY'), extract(month FROM month)::int,
	CASE WHEN after::date - 1 > today THEN 0 WHEN EXISTS (SELECT FROM state WHERE state.month = t.month) THEN 2 ELSE 1 END,
	(date_trunc('year', after) + floor((extract(month FROM after) - 1) / 4) * interval '4 months' - interval '4 months')::date::text AS tertial,
	b.zone, b.municipality,
	coalesce((SELECT string_agg(short, ', ' ORDER BY short) FROM state WHERE state.month = ended AND t.month < ended AND $1::text = ''), ''),
	extract(month FROM ended)::int
FROM t, b
