SELECT id, name FROM lagesbild_store.source ORDER BY id
