-- Cells that exist, which in a backlog are nearly all: an UPDATE costs half of what ON CONFLICT does (no lock record, one probe). Gives back the cells it
-- found, in the order given; the others go to cells_merge.
UPDATE lagesbild_store.cell AS t SET
	n = t.n + u.n, n_suppressed = t.n_suppressed + u.n_suppressed, key_sum = t.key_sum + u.key_sum, changed_at = now()
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS u(cell, n, n_suppressed, key_sum)
WHERE t.build = $1::smallint AND t.cell = u.cell
RETURNING t.cell
