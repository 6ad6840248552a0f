INSERT INTO lagesbild_store.schema_file (name, hash) VALUES ($1::text, $2::text)
