-- The leaves of build $1, in an order that no id decides: months $2 to $3, area $4, category $5 and what is below them, source $6 (empty: all).
-- n is empty where all there is was withheld by the sender (n_suppressed rows, each "<5" or the like); what was delivered as 0 is 0.
SELECT CASE WHEN $7::int <> 0 THEN row_to_json(t)::text END, t.*
FROM lagesbild_store.cell c
JOIN lagesbild_store.area a ON a.build = c.build AND a.id = ((c.cell >> 16) & 65535)::int
JOIN lagesbild_store.category g ON g.build = c.build AND g.id = ((c.cell >> 6) & 1023)::smallint
JOIN lagesbild_store.source s ON s.id = (c.cell & 63)::smallint
CROSS JOIN LATERAL (SELECT to_char(lagesbild_store.month_date(c.cell >> 32), 'YYYY-MM') AS month, a.municipality, a.code AS area, a.name AS area_name,
	g.code AS category, g.sv AS category_name, s.name AS source, s.sv AS source_name,
	CASE WHEN c.n <> 0 OR c.n_suppressed = 0 THEN c.n END AS n, c.n_suppressed) t
WHERE c.build = $1::smallint AND (c.n <> 0 OR c.n_suppressed <> 0 OR c.key_sum <> 0) AND c.cell >> 32 BETWEEN $2::bigint AND $3::bigint
	AND ($4::text = '' OR a.id IN (SELECT aa.area FROM lagesbild_store.area_ancestor aa
		JOIN lagesbild_store.area up ON up.build = aa.build AND up.id = aa.ancestor WHERE aa.build = $1::smallint AND up.code = $4::text))
	AND ($5::text = '' OR g.id IN (SELECT ca.category FROM lagesbild_store.category_ancestor ca
		JOIN lagesbild_store.category up ON up.build = ca.build AND up.id = ca.ancestor WHERE ca.build = $1::smallint AND up.code = $5::text))
	AND ($6::text = '' OR s.name = $6::text)
ORDER BY c.cell >> 32, a.code COLLATE "C", g.code COLLATE "C", s.name COLLATE "C"
