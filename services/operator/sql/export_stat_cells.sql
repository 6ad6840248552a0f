-- Parameters as those of export_cells.
INSERT INTO stat_cell
SELECT c.cell >> 32, a.code, g.code, s.name, c.n, c.n_suppressed
FROM lagesbild_store.cell c
JOIN lagesbild_store.area a ON a.build = c.build AND a.id = ((c.cell >> 16) & 65535)::int
JOIN lagesbild_store.category g ON g.build = c.build AND g.id = ((c.cell >> 6) & 1023)::smallint
JOIN lagesbild_store.source s ON s.id = (c.cell & 63)::smallint
WHERE c.build = $1::smallint AND (c.n <> 0 OR c.n_suppressed <> 0 OR c.key_sum <> 0) AND c.cell >> 32 BETWEEN $2::bigint AND $3::bigint
	AND ($4::text = '' OR a.id IN (SELECT aa.area FROM lagesbild_store.area_ancestor aa
		JOIN lagesbild_store.area up ON up.build = aa.build AND up.id = aa.ancestor WHERE aa.build = $1::smallint AND up.code = $4::text))
	AND ($5::text = '' OR g.id IN (SELECT ca.category FROM lagesbild_store.category_ancestor ca
		JOIN lagesbild_store.category up ON up.build = ca.build AND up.id = ca.ancestor WHERE ca.build = $1::smallint AND up.code = $5::text))
	AND ($6::text = '' OR s.name = $6::text)
