SELECT id, revision, received_at, partition, "offset", epoch, hash, slot, n, state
FROM lagesbild_store.ledger WHERE build = $1::smallint AND id = ANY ($2::uuid[])
