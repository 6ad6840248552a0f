SELECT partition, next, metadata FROM lagesbild_store.purge_group WHERE purge = $1::bigint AND source = $2::text ORDER BY partition
