SELECT zone FROM lagesbild_store.build JOIN lagesbild_store.build_current ON build = id
