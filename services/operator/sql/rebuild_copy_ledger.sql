-- Columns as row_copy (common/ledger/row.h) gives them.
COPY lagesbild_store.ledger_new (build, id, revision, received_at, partition, "offset", epoch, hash, slot, occurred_from, n, place, type, state)
FROM STDIN (FORMAT binary, FREEZE)
