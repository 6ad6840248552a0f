SELECT hash FROM lagesbild_store.schema_file WHERE name = $1::text
