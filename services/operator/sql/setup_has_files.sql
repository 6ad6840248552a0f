SELECT to_regclass('lagesbild_store.schema_file') IS NOT NULL
