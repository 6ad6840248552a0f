SELECT lagesbild_store.purge_swap($1::text, $2::text)
