-- The key id that this database was made with: $1 when it had none.
WITH fresh AS (
	INSERT INTO lagesbild_store.setting (name, value) VALUES ('key_id', $1::text) ON CONFLICT (name) DO NOTHING RETURNING value)
SELECT value FROM fresh UNION ALL SELECT value FROM lagesbild_store.setting WHERE name = 'key_id' LIMIT 1
