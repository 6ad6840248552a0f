-- The frozen cells of edition $2 as side $1, months $3 to $4, of source $5 (empty: all).
INSERT INTO diff_cell
SELECT $1::"char", (lagesbild_store.month_number(c.month) << 40) | (da.key << 20) | (dg.key << 6) | s.id, c.n, c.n_suppressed, c.key_sum
FROM lagesbild_store.edition_cell c
JOIN diff_area da ON da.code = c.area
JOIN diff_category dg ON dg.code = c.category
JOIN lagesbild_store.source s ON s.name = c.source
WHERE c.edition = $2::int AND lagesbild_store.month_number(c.month) BETWEEN $3::bigint AND $4::bigint
	AND ($5::text = '' OR c.source = $5::text)
