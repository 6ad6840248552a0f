-- The hash that stands there, and the one of what stands there.
SELECT hash, lagesbild_store.edition_hash(id) FROM lagesbild_store.edition WHERE id = $1::int
