-- One row an id, sorted by id. The order key decides, whatever comes when; under READ COMMITTED the conflict is with the newest row. The row as it
-- was goes to prev_*, because RETURNING cannot give it. Rows that lose are not returned.
INSERT INTO lagesbild_store.ledger AS t
	(build, id, revision, received_at, partition, "offset", epoch, hash, slot, occurred_from, n, place, type, state)
SELECT $1::smallint, u.*
FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::smallint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
	$10::bigint[], $11::int[], $12::smallint[], $13::smallint[], $14::"char"[]) AS u
ON CONFLICT (build, id) DO UPDATE SET
	revision = excluded.revision, received_at = excluded.received_at, partition = excluded.partition,
	"offset" = excluded."offset", epoch = excluded.epoch, hash = excluded.hash, slot = excluded.slot,
	occurred_from = excluded.occurred_from, n = excluded.n, place = excluded.place, type = excluded.type, state = excluded.state,
	prev_slot = t.slot, prev_n = t.n, prev_place = t.place, prev_state = t.state, same = t.hash = excluded.hash
WHERE (excluded.revision, excluded.received_at, excluded.partition, excluded."offset", excluded.epoch)
	> (t.revision, t.received_at, t.partition, t."offset", t.epoch)
RETURNING t.id, t.prev_slot, t.prev_n, t.prev_place, t.prev_state, t.same
