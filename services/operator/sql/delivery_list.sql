-- The thirteen months up to today's in the pack's municipality, source by source, every source: source, month, state, who said so and when
-- (both empty when it is derived), and the row as a JSON object.
WITH b AS (SELECT b.municipality FROM lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id),
months AS (SELECT m::date AS month FROM (SELECT date_trunc('month', lagesbild_store.today()) AS last) t,
	generate_series(t.last - interval '12 months', t.last, '1 month') AS m)
SELECT s.name, to_char(months.month, 'YYYY-MM'), coalesce(d.state, 'not_connected'), coalesce(d.by, ''),
	coalesce(to_char(d.at, 'YYYY-MM-DD HH24:MI'), ''),
	json_build_object('municipality', b.municipality, 'source', s.name, 'month', to_char(months.month, 'YYYY-MM'),
		'state', coalesce(d.state, 'not_connected'), 'at', to_char(d.at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'by', d.by)::text
FROM lagesbild_store.source s CROSS JOIN months CROSS JOIN b
LEFT JOIN lagesbild.delivery d ON d.source = s.name AND d.month = months.month AND d.municipality = b.municipality
ORDER BY s.id, 2
