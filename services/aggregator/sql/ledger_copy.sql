COPY lagesbild_store.ledger (build, id, revision, received_at, partition, "offset", epoch, hash, slot, occurred_from, n, place, type, state)
FROM STDIN (FORMAT binary)
