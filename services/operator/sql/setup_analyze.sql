-- The planner must know how small these are before autovacuum comes round.
ANALYZE lagesbild_store.area, lagesbild_store.category, lagesbild_store.area_ancestor, lagesbild_store.category_ancestor,
	lagesbild_store.mapping, lagesbild_store.source, lagesbild_store.build, lagesbild_store.build_current, lagesbild_store.delivery_plan,
	lagesbild_store.delivery_set, lagesbild_store.unit;
