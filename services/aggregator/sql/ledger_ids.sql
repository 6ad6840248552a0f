-- The ids of one 256th of the ledger, by the primary key.
SELECT id FROM lagesbild_store.ledger WHERE build = $1::smallint AND id >= $2::uuid AND id <= $3::uuid
