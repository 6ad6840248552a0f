SELECT id, code, flag FROM lagesbild_store.category WHERE build = $1::smallint ORDER BY id
