SELECT id, source, source_type, category, unknown_key FROM lagesbild_store.mapping WHERE build = $1::smallint ORDER BY id
