SELECT id, fed, until IS NOT NULL FROM lagesbild_store.build WHERE name = $1::text
