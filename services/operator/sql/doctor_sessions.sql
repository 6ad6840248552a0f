-- $1: seconds. Who has waited for a lock for longer and for whom; whose transaction has been open for longer.
SELECT 'wrong', format('process %s (%s) has waited %s s for a lock that process %s holds', a.pid, a.application_name, extract(epoch FROM now() - a.query_start)::int,
	array_to_string(pg_blocking_pids(a.pid), ', ')), format('SELECT pg_terminate_backend(%s);', (pg_blocking_pids(a.pid))[1])
FROM pg_stat_activity a
WHERE a.datname = current_database() AND a.wait_event_type = 'Lock' AND cardinality(pg_blocking_pids(a.pid)) > 0 AND a.query_start < now() - $1::int * interval '1 second'
UNION ALL
SELECT 'warning', format('process %s (%s) of %s has had a transaction open for %s s (%s): vacuum waits for it', pid, application_name, usename,
	extract(epoch FROM now() - xact_start)::int, state), format('let it end, or SELECT pg_terminate_backend(%s);', pid)
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start < now() - $1::int * interval '1 second'
	AND wait_event_type IS DISTINCT FROM 'Lock'
