SELECT id, zone FROM lagesbild_store.build WHERE name = $1::text
