INSERT INTO lagesbild_store.purge (why, what) VALUES ($1::text, $2::text) RETURNING id
