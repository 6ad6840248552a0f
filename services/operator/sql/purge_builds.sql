SELECT p.build, p.name, p.fed FROM lagesbild_store.purge_build p JOIN lagesbild_store.build b ON b.id = p.build WHERE p.purge = $1::bigint ORDER BY p.build
