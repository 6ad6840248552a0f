-- The operator key that retries are to be signed with, named without giving it away. It may be changed: it is part of no id.
INSERT INTO lagesbild_store.setting (name, value) VALUES ('operator_key_id', $1::text)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
