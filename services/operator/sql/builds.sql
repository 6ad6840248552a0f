-- One row a build. Rows of the ledger are an estimate: what the last ANALYZE found, or what the statistics have counted since the server
-- started. behind: offsets of topic incidents that the current build has taken in and this one has not.
SELECT b.name, to_json(b.name)::text, c.build = b.id,
	to_char(b.created_at AT TIME ZONE b.zone, 'YYYY-MM-DD HH24:MI'), to_char(b.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
	to_char(b.until AT TIME ZONE b.zone, 'YYYY-MM-DD HH24:MI'), to_char(b.until, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
	b.fed, b.mapping,
	coalesce((SELECT greatest(l.reltuples, pg_stat_get_live_tuples(l.oid), 0) FROM pg_class l
		WHERE l.oid = to_regclass('lagesbild_store.ledger_' || b.id)), 0)::bigint,
	coalesce((SELECT sum(pg_total_relation_size(to_regclass('lagesbild_store.' || t || '_' || b.id)))
		FROM unnest(ARRAY['ledger', 'cell', 'slot', 'place', 'change_log']) t), 0)::bigint,
	extract(epoch FROM now() - p.newest)::bigint, coalesce(p.behind, 0)::bigint
FROM lagesbild_store.build b CROSS JOIN lagesbild_store.build_current c
LEFT JOIN LATERAL (
	SELECT max(p.updated_at) AS newest, sum(greatest(q.next - p.next, 0)) AS behind
	FROM lagesbild_store.position p JOIN lagesbild_store.position q ON q.build = c.build AND q.partition = p.partition
	WHERE p.build = b.id) p ON true
ORDER BY b.id
