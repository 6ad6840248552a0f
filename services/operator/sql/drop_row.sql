WITH gone AS (DELETE FROM lagesbild_store.build WHERE id = $1::smallint)
SELECT pg_notify('lagesbild_builds', '')
