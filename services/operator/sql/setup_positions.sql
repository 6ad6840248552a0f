INSERT INTO lagesbild_store.position (build, partition)
SELECT b.id, p FROM lagesbild_store.build b, generate_series(0, $1::int - 1) p ON CONFLICT DO NOTHING
