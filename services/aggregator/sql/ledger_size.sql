-- About how many rows, without counting them.
SELECT coalesce(sum(pg_relation_size(c.oid)) / 140, 0)::bigint
FROM pg_class c WHERE c.oid = ('lagesbild_store.ledger_' || $1::smallint)::regclass
