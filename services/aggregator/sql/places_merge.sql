-- Keys are cell << 16 | place.
INSERT INTO lagesbild_store.place AS t (build, cell, place, n)
SELECT $1::smallint, u.key >> 16, (u.key & 65535)::smallint, u.n FROM unnest($2::bigint[], $3::bigint[]) AS u(key, n)
ON CONFLICT (build, cell, place) DO UPDATE SET n = t.n + excluded.n
