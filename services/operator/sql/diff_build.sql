-- A build by its name: number, zone, name as JSON.
SELECT id, zone, to_json(name)::text FROM lagesbild_store.build WHERE name = $1::text
