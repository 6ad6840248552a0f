WITH topics AS (INSERT INTO lagesbild_store.purge_topic (purge, name) SELECT DISTINCT purge, topic FROM lagesbild_store.purge_record WHERE purge = $1::bigint)
INSERT INTO lagesbild_store.purge_build SELECT $1::bigint, id, name, fed FROM lagesbild_store.build
