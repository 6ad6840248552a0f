WITH unfed AS (UPDATE lagesbild_store.build SET fed = false WHERE id = $1::smallint AND fed)
SELECT pg_notify('lagesbild_builds', '')
