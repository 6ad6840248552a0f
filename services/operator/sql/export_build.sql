-- The build of that name, or the one that is shown.
SELECT id FROM lagesbild_store.build
WHERE CASE WHEN $1::text = '' THEN id = (SELECT build FROM lagesbild_store.build_current) ELSE name = $1::text END
