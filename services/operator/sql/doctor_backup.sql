-- backup_at, backup_dir: written by lagesbild backup. A new installation has a day.
WITH last AS (
	SELECT (SELECT value::timestamptz FROM lagesbild_store.setting WHERE name = 'backup_at') AS at,
		coalesce((SELECT value FROM lagesbild_store.setting WHERE name = 'backup_dir'), 'DIR') AS dir,
		(SELECT min(applied_at) FROM lagesbild_store.schema_file) AS born)
SELECT 'warning', 'no backup has ever been made', 'lagesbild backup DIR' FROM last WHERE at IS NULL AND born < now() - interval '1 day'
UNION ALL
SELECT CASE WHEN at < now() - interval '8 days' THEN 'wrong' ELSE 'warning' END, format('the last backup is %s hours old', (extract(epoch FROM now() - at) / 3600)::int),
	format('lagesbild backup %s', dir)
FROM last WHERE at < now() - interval '2 days'
