-- The dimensions of build $1: every month from $2 (or the first that has a cell) to $3 (or the last), and what has a cell in them.
INSERT INTO stat_code
SELECT 'time', m - min(m) OVER (), to_char(lagesbild_store.month_date(m), 'YYYY-MM'),
	(ARRAY['januari', 'februari', 'mars', 'april', 'maj', 'juni', 'juli', 'augusti', 'september', 'oktober', 'november', 'december'])[m % 12 + 1]
		|| ' ' || 1970 + m / 12, NULL, m
FROM (SELECT generate_series(CASE WHEN $2::bigint > 0 THEN $2::bigint ELSE min(m) END, CASE WHEN $3::bigint < 96359 THEN $3::bigint ELSE max(m) END) AS m
	FROM stat_cell HAVING count(*) > 0) t
UNION ALL
SELECT 'area', row_number() OVER (ORDER BY code COLLATE "C") - 1, code, name, municipality, NULL
FROM lagesbild_store.area WHERE build = $1::smallint AND code IN (SELECT area FROM stat_cell)
UNION ALL
SELECT 'category', row_number() OVER (ORDER BY code COLLATE "C") - 1, code, sv, NULL, NULL
FROM lagesbild_store.category WHERE build = $1::smallint AND code IN (SELECT category FROM stat_cell)
UNION ALL
SELECT 'source', row_number() OVER (ORDER BY name COLLATE "C") - 1, name, sv, NULL, NULL
FROM lagesbild_store.source WHERE name IN (SELECT source FROM stat_cell)
