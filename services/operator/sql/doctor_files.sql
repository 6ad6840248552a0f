-- Which schema files have been applied, and the hash of each.
SELECT name, hash FROM lagesbild_store.schema_file ORDER BY name
