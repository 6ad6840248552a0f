-- The constraint spares the attaching a look at every row, and nobody afterwards.
SELECT pg_temp.in_build(format('ANALYZE lagesbild_store.%s_{}', parent)),
	pg_temp.in_build(format('ALTER TABLE lagesbild_store.%s ATTACH PARTITION lagesbild_store.%s_{} FOR VALUES IN ({})', parent, parent)),
	pg_temp.in_build(format('ALTER TABLE lagesbild_store.%s_{} DROP CONSTRAINT one_build', parent))
FROM unnest(ARRAY['ledger', 'cell', 'slot', 'place', 'change_log']) AS parent;
SELECT pg_temp.in_build(format('ALTER TABLE lagesbild_store.%s_{} ALTER build DROP DEFAULT', parent)) FROM unnest(ARRAY['cell', 'slot', 'place']) AS parent;
SELECT pg_temp.in_build('ALTER TABLE lagesbild_store.cell_{} ALTER changed_at DROP DEFAULT');
ANALYZE lagesbild_store.build, lagesbild_store.category, lagesbild_store.area, lagesbild_store.mapping, lagesbild_store.area_ancestor,
	lagesbild_store.category_ancestor;
NOTIFY lagesbild_builds;
