INSERT INTO lagesbild_store.cell AS t (build, cell, n, n_suppressed, key_sum, changed_at)
SELECT $1::smallint, u.cell, u.n, u.n_suppressed, u.key_sum, now()
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS u(cell, n, n_suppressed, key_sum)
ON CONFLICT (build, cell) DO UPDATE SET
	n = t.n + excluded.n, n_suppressed = t.n_suppressed + excluded.n_suppressed, key_sum = t.key_sum + excluded.key_sum,
	changed_at = excluded.changed_at
