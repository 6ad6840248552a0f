SELECT lagesbild_store.settle_dead_letters()::text
