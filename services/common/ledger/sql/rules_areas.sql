SELECT id, code, kind = 'place', name FROM lagesbild_store.area WHERE build = $1::smallint ORDER BY id
