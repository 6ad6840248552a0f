SELECT 'wrong', format('the index %s of %s is not valid: no query uses it', i.indexrelid::regclass, i.indrelid::regclass), format('REINDEX INDEX CONCURRENTLY %s;', i.indexrelid::regclass)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('lagesbild', 'lagesbild_store') AND NOT (i.indisvalid AND i.indisready)
