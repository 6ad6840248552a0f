-- The month and tertial to show: what $1 names (YYYY-MM), else the last whose last local day the data (or the clock) have reached.
WITH d AS (SELECT lagesbild_store.today() AS today),
m AS (SELECT CASE WHEN $1::text = '' THEN (date_trunc('month', today + 1) - interval '1 month')::date
	ELSE to_date($1::text, 'YYYY-MM') END AS month, today FROM d),
t AS (SELECT month, today, month + interval '1 month' AS after FROM m)
SELECT month::text, to_char(month, 'YYYY'), extract(month FROM month)::int, (after::date - 1 <= today) AS whole,
	(date_trunc('year', after) + floor((extract(month FROM after) - 1) / 4) * interval '4 months' - interval '4 months')::date::text AS tertial,
	b.zone, b.municipality
FROM t, lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id
