-- The highest epoch of a topic that any build has seen.
SELECT coalesce(max(epoch), 0)::bigint FROM lagesbild_store.chain WHERE topic = $1::text
