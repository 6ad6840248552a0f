UPDATE lagesbild_store.purge_topic SET phase = $3::text WHERE purge = $1::bigint AND name = $2::text
