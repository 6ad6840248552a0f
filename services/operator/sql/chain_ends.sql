-- The furthest offset that any chain of the feed partition has read.
SELECT coalesce(max(last_offset), -1)::bigint FROM lagesbild_store.chain JOIN lagesbild_store.build_current USING (build)
WHERE topic = $1::text AND partition = $2::int
