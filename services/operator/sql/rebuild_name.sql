SELECT id, zone, municipality FROM lagesbild_store.build WHERE name = $1::text
