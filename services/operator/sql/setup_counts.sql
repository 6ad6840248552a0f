-- How many rows of each kind the current build has: what setup reports before and after.
SELECT (SELECT count(*) FROM lagesbild.source), (SELECT count(*) FROM lagesbild.category), (SELECT count(*) FROM lagesbild.area),
	(SELECT count(*) FROM lagesbild_store.mapping m JOIN lagesbild_store.build_current c ON c.build = m.build),
	(SELECT count(*) FROM lagesbild_store.position p JOIN lagesbild_store.build_current c ON c.build = p.build)
