-- As cells_update.
UPDATE lagesbild_store.slot AS t SET n = t.n + u.n
FROM unnest($2::bigint[], $3::bigint[]) AS u(slot, n)
WHERE t.build = $1::smallint AND t.slot = u.slot
RETURNING t.slot
