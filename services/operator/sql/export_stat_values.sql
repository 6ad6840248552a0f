-- Missing is not zero, by the rules of month_summary: a place without a cell is 0 only where its source has delivered that month for that
-- municipality (view delivery). Status: ".." nothing is known, "<5" withheld by the sender, "≥" the figure lacks something, "p" its month is still filling.
INSERT INTO stat_value
WITH delivery AS MATERIALIZED (SELECT source, municipality, lagesbild_store.month_number(month) AS m, state FROM lagesbild.delivery),
size AS MATERIALIZED (SELECT count(*) FILTER (WHERE dimension = 'area') AS areas, count(*) FILTER (WHERE dimension = 'category') AS categories,
	count(*) FILTER (WHERE dimension = 'source') AS sources FROM stat_code),
place AS (
	SELECT ((t.i * size.areas + a.i) * size.categories + g.i) * size.sources + s.i AS i, coalesce(c.n, 0) AS n, coalesce(c.hid, 0) AS hid,
		coalesce(d.state, 'not_connected') AS state
	FROM size CROSS JOIN stat_code t CROSS JOIN stat_code a CROSS JOIN stat_code g CROSS JOIN stat_code s
	LEFT JOIN stat_cell c ON c.m = t.m AND c.area = a.code AND c.category = g.code AND c.source = s.code
	LEFT JOIN delivery d ON d.m = t.m AND d.municipality = a.municipality AND d.source = s.code
	WHERE t.dimension = 'time' AND a.dimension = 'area' AND g.dimension = 'category' AND s.dimension = 'source')
SELECT i, CASE WHEN n <> 0 OR state IN ('complete', 'nothing') AND hid = 0 THEN n END, CASE
	WHEN n = 0 AND hid > 0 THEN '<5'
	WHEN n = 0 AND state NOT IN ('complete', 'nothing') THEN '..'
	WHEN hid > 0 OR state IN ('missing', 'not_connected') THEN '≥'
	WHEN state = 'filling' THEN 'p' END
FROM place
