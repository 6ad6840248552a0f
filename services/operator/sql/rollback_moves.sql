-- Each move of build_current, in order; those to a build that has been dropped are gone.
SELECT p.build, b.name FROM lagesbild_store.promotion p JOIN lagesbild_store.build b ON b.id = p.build ORDER BY p.n
