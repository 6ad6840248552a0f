SELECT id, zone, municipality FROM lagesbild_store.build JOIN lagesbild_store.build_current ON build = id
