-- What doctor says of the last backup ($1: its directory).
INSERT INTO lagesbild_store.setting (name, value) VALUES ('backup_at', now()::text), ('backup_dir', $1)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
