-- What $1 names: 2026-04, 2026T1, 2026 or 2026-03/2026-04; area $2 ('': the pack's municipality). First day, months (null: $1 is no period, or one
-- of more than 60 months), the area's code and name (null: there is none), whether the period has begun.
WITH b AS (SELECT b.* FROM lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id),
said AS (SELECT CASE
	WHEN $1::text ~ '^(19[789]|20[0-9])[0-9]-(0[1-9]|1[0-2])$' THEN ARRAY[$1::text, $1::text]
	WHEN $1::text ~ '^(19[789]|20[0-9])[0-9]T[123]$' THEN (ARRAY[ARRAY['-01', '-04'], ARRAY['-05', '-08'], ARRAY['-09', '-12']])
		[right($1::text, 1)::int : right($1::text, 1)::int]
	WHEN $1::text ~ '^(19[789]|20[0-9])[0-9]$' THEN ARRAY[$1::text || '-01', $1::text || '-12']
	WHEN $1::text ~ '^(19[789]|20[0-9])[0-9]-(0[1-9]|1[0-2])/(19[789]|20[0-9])[0-9]-(0[1-9]|1[0-2])$'
		THEN ARRAY[left($1::text, 7), right($1::text, 7)] END AS ends),
flat AS (SELECT array_agg(CASE WHEN length(u) = 3 THEN left($1::text, 4) || u ELSE u END) AS ends FROM said, unnest(said.ends) AS u),
p AS (SELECT to_date(ends[1], 'YYYY-MM') AS first, lagesbild_store.month_number(to_date(ends[2], 'YYYY-MM'))
	- lagesbild_store.month_number(to_date(ends[1], 'YYYY-MM')) + 1 AS months FROM flat)
SELECT p.first::text, CASE WHEN p.months BETWEEN 1 AND 60 THEN p.months END::int, coalesce(nullif($2::text, ''), b.municipality), a.name,
	p.first <= lagesbild_store.today()
FROM p CROSS JOIN b LEFT JOIN lagesbild_store.area a ON a.build = b.id AND a.code = coalesce(nullif($2::text, ''), b.municipality)
