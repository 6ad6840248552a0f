-- What exactness and the services rest on.
SELECT 'wrong', format('PostgreSQL is %s, and 15 is the least', current_setting('server_version')), 'pg_upgradecluster, after lagesbild backup'
WHERE current_setting('server_version_num')::int < 150000
UNION ALL
SELECT 'wrong', format('%s is %s: a crash of the server loses what was committed, or more', name, setting), format('ALTER SYSTEM SET %s = on; SELECT pg_reload_conf();', name)
FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting <> 'on'
UNION ALL
SELECT 'warning', 'synchronous_commit is off: a crash of the server takes back the last figures, which are then read again',
	'ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf();'
WHERE current_setting('synchronous_commit') = 'off'
UNION ALL
SELECT 'wrong', format('%s is off: tables grow for ever', name), format('ALTER SYSTEM SET %s = on; SELECT pg_reload_conf();', name)
FROM pg_settings WHERE name IN ('autovacuum', 'track_counts') AND setting <> 'on'
UNION ALL
SELECT 'warning', format('max_connections is %s, and the services take up to 20', setting), 'ALTER SYSTEM SET max_connections = 100, and restart PostgreSQL'
FROM pg_settings WHERE name = 'max_connections' AND setting::int < 40
UNION ALL
SELECT 'wrong', format('the database is %s, not UTF8', pg_encoding_to_char(encoding)), 'lagesbild backup, then restore into a database made with ENCODING ''UTF8'''
FROM pg_database WHERE datname = current_database() AND pg_encoding_to_char(encoding) <> 'UTF8'
