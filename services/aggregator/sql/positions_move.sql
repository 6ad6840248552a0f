-- The fence: moves each position only from where this member believes it to be. Fewer rows than asked for: another writer was here, or setup has added to the
-- build's rules, which this member must load before it goes on.
UPDATE lagesbild_store.position p
SET next = m.next, unreadable = p.unreadable + m.unreadable, updated_at = now()
FROM unnest($2::int[], $3::bigint[], $4::bigint[], $5::bigint[]) AS m(partition, old, next, unreadable)
WHERE p.build = $1::smallint AND p.partition = m.partition AND p.next = m.old
	AND (SELECT mapping FROM lagesbild_store.build WHERE id = $1::smallint) = $6::text
