SELECT partition, next FROM lagesbild_store.edition_positions($1::integer)
