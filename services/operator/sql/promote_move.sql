WITH moved AS (UPDATE lagesbild_store.build_current SET build = $1::smallint),
noted AS (INSERT INTO lagesbild_store.promotion (build) VALUES ($1::smallint))
SELECT pg_notify('lagesbild_builds', ''), pg_notify('lagesbild_cells', '')
