-- Tables of which more is dead than alive, or whose statistics are of another table than it is now.
SELECT 'warning', format('%s holds %s dead rows beside %s live ones', relid::regclass, n_dead_tup, n_live_tup), format('VACUUM %s;', relid::regclass)
FROM pg_stat_user_tables WHERE schemaname = 'lagesbild_store' AND n_dead_tup > 100000 AND n_dead_tup > n_live_tup
UNION ALL
SELECT 'warning', format('%s has changed by %s rows since its statistics were made', relid::regclass, n_mod_since_analyze), format('ANALYZE %s;', relid::regclass)
FROM pg_stat_user_tables WHERE schemaname = 'lagesbild_store' AND n_mod_since_analyze > 1000000 AND n_mod_since_analyze > n_live_tup
UNION ALL
SELECT 'wrong', format('%s has not been frozen for %s transactions', c.oid::regclass, age(c.relfrozenxid)), format('VACUUM FREEZE %s;', c.oid::regclass)
FROM pg_class c WHERE c.relnamespace = to_regnamespace('lagesbild_store') AND c.relkind = 'r' AND age(c.relfrozenxid) > 1000000000
