SELECT b.name FROM lagesbild_store.build_current c JOIN lagesbild_store.build b ON b.id = c.build
