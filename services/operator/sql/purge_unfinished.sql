SELECT id FROM lagesbild_store.purge WHERE done_at IS NULL ORDER BY id LIMIT 1
