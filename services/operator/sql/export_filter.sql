-- Whether build $1 has such an area and category, and there is such a source (empty: not asked for).
SELECT $2::text = '' OR EXISTS (SELECT FROM lagesbild_store.area WHERE build = $1::smallint AND code = $2::text),
	$3::text = '' OR EXISTS (SELECT FROM lagesbild_store.category WHERE build = $1::smallint AND code = $3::text),
	$4::text = '' OR EXISTS (SELECT FROM lagesbild_store.source WHERE name = $4::text)
