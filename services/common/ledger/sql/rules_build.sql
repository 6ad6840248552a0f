SELECT id, zone, mapping FROM lagesbild_store.build WHERE name = $1::text
