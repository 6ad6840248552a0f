-- The first build, live, when there is none: $1 zone, $2 municipality. A row when it was made.
WITH made AS (
	INSERT INTO lagesbild_store.build (id, name, zone, municipality, mapping)
	SELECT 1, 'live', $1::text, $2::text, '' WHERE NOT EXISTS (SELECT FROM lagesbild_store.build)
	RETURNING id),
pointed AS (INSERT INTO lagesbild_store.build_current (build) SELECT id FROM made),
promoted AS (INSERT INTO lagesbild_store.promotion (build) SELECT id FROM made)
SELECT lagesbild_store.build_attach(id) FROM made
