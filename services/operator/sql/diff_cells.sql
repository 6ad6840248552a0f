-- The cells of build $2 as side $1, months $3 to $4, of source $5 (empty: all).
INSERT INTO diff_cell
SELECT $1::"char", ((c.cell >> 32) << 40) | (da.key << 20) | (dg.key << 6) | (c.cell & 63), c.n, c.n_suppressed, c.key_sum
FROM lagesbild_store.cell c
JOIN lagesbild_store.area a ON a.build = c.build AND a.id = ((c.cell >> 16) & 65535)::int
JOIN diff_area da ON da.code = a.code
JOIN lagesbild_store.category g ON g.build = c.build AND g.id = ((c.cell >> 6) & 1023)::smallint
JOIN diff_category dg ON dg.code = g.code
WHERE c.build = $2::smallint AND c.cell >> 32 BETWEEN $3::bigint AND $4::bigint
	AND ($5::text = '' OR (c.cell & 63)::smallint = (SELECT id FROM lagesbild_store.source WHERE name = $5::text))
	AND (c.n <> 0 OR c.n_suppressed <> 0 OR c.key_sum <> 0)
