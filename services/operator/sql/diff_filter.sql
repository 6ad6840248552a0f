-- Whether there are such an area and source (empty: not asked for).
SELECT $1::text = '' OR EXISTS (SELECT FROM diff_area WHERE code = $1::text), $2::text = '' OR EXISTS (SELECT FROM lagesbild_store.source WHERE name = $2::text)
