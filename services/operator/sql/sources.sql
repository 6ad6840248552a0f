-- The sources that setup has taken in, by number.
SELECT name FROM lagesbild_store.source ORDER BY id
