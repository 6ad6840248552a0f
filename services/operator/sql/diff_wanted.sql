-- The cells that differ, as build $2 (side $1) numbers them; one whose area or category the build has not got is not in its ledger.
INSERT INTO diff_wanted
SELECT $1::"char", ((f.key >> 40) << 32) | (a.id::bigint << 16) | (g.id::bigint << 6) | (f.key & 63), f.key
FROM diff_found f
JOIN diff_area da ON da.key = (f.key >> 20) & 1048575
JOIN lagesbild_store.area a ON a.build = $2::smallint AND a.code = da.code
JOIN diff_category dg ON dg.key = (f.key >> 6) & 16383
JOIN lagesbild_store.category g ON g.build = $2::smallint AND g.code = dg.code
