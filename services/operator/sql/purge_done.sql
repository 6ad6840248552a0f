UPDATE lagesbild_store.purge SET done_at = now() WHERE id = $1::bigint
