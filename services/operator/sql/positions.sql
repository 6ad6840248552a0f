SELECT partition, next FROM lagesbild_store.position JOIN lagesbild_store.build_current USING (build) ORDER BY 1
