SELECT count(*) FROM lagesbild_store.cell c JOIN made_build b ON c.build = b.id WHERE c.n <> 0 OR c.n_suppressed <> 0
