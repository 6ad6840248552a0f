-- Partitions that are half gone, and tables that look like a build's and are none.
SELECT 'wrong', format('%s is half detached from %s', i.inhrelid::regclass, i.inhparent::regclass), format('ALTER TABLE %s DETACH PARTITION %s FINALIZE;', i.inhparent::regclass, i.inhrelid::regclass)
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE c.relnamespace = 'lagesbild_store'::regnamespace AND i.inhdetachpending
UNION ALL
SELECT 'warning', format('the table %s belongs to no build', c.oid::regclass), format('DROP TABLE %s;', c.oid::regclass)
FROM pg_class c
WHERE c.relnamespace = 'lagesbild_store'::regnamespace AND c.relkind = 'r' AND c.relname ~ '^(ledger|cell|slot|place|change_log)_[0-9]+$'
	AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid)
UNION ALL
SELECT 'wrong', format('build %s lacks its partition %s', b.name, p.name || '_' || b.id), format('lagesbild drop %s, then lagesbild rebuild --into %s', b.name, b.name)
FROM lagesbild_store.build b CROSS JOIN unnest(ARRAY['ledger', 'cell', 'slot', 'place', 'change_log']) p(name)
WHERE NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = to_regclass(format('lagesbild_store.%I', p.name || '_' || b.id)))
