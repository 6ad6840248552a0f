INSERT INTO lagesbild_store.slot AS t (build, slot, n)
SELECT $1::smallint, u.slot, u.n FROM unnest($2::bigint[], $3::bigint[]) AS u(slot, n)
ON CONFLICT (build, slot) DO UPDATE SET n = t.n + excluded.n
