DELETE FROM lagesbild_store.gap WHERE build = $1::smallint AND partition = ANY ($2::int[])
