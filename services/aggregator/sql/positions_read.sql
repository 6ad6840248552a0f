SELECT partition, next FROM lagesbild_store.position WHERE build = $1::smallint AND partition = ANY ($2::int[])
