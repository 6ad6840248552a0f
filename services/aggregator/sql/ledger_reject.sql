-- A reject takes out the row that came from the very feed message now refused (an earlier epoch let it pass). One row an id, given back
-- in the ids' order, which the plan of an UPDATE does not promise.
WITH taken AS (
UPDATE lagesbild_store.ledger AS t SET
	epoch = r.epoch, revision = greatest(t.revision, r.revision), state = 'r', n = 0, hash = 0,
	prev_slot = t.slot, prev_n = t.n, prev_place = t.place, prev_state = t.state, same = false
FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::smallint[], $6::bigint[], $7::bigint[])
	AS r(id, revision, received_at, partition, "offset", epoch)
WHERE t.build = $1::smallint AND t.id = r.id AND t.partition = r.partition AND t."offset" = r."offset"
	AND t.received_at = r.received_at AND t.epoch < r.epoch
RETURNING t.id, t.prev_slot, t.prev_n, t.prev_place, t.prev_state, t.same
)
SELECT * FROM taken ORDER BY id
