-- A build by its name: number, zone, name as JSON, whether it is the current one.
SELECT id, zone, to_json(name)::text, (id = (SELECT build FROM lagesbild_store.build_current))::int
FROM lagesbild_store.build WHERE name = $1::text
