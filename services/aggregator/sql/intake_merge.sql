-- Outside the builds, so only the aggregator of the build that is shown counts. Keys: intake.h.
INSERT INTO lagesbild_store.intake AS t (day, source, measure, n)
SELECT (u.key >> 16)::int, ((u.key >> 8) & 255)::smallint, (u.key & 255)::smallint, u.n FROM unnest($2::bigint[], $3::bigint[]) AS u(key, n)
WHERE (SELECT build FROM lagesbild_store.build_current) = $1::smallint
ON CONFLICT (day, source, measure) DO UPDATE SET n = t.n + excluded.n
