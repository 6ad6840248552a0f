-- The next statement on the way to a database without the tables of build $1; no row: they are gone. What has been done stands in the
-- catalogues alone, so that it can be gone on with after any interruption. Only one partition of a table can be half detached at a time:
-- whichever it is comes first.
WITH large AS (SELECT t, to_regclass('lagesbild_store.' || t) AS parent, to_regclass('lagesbild_store.' || t || '_' || $1::smallint) AS own
	FROM unnest(ARRAY['change_log', 'place', 'slot', 'cell', 'ledger']) WITH ORDINALITY AS u(t, n))
SELECT statement FROM (
	SELECT 1 AS n, format('ALTER TABLE lagesbild_store.%I DETACH PARTITION lagesbild_store.%I FINALIZE', l.t, h.relname) AS statement
	FROM large l JOIN pg_inherits i ON i.inhparent = l.parent AND i.inhdetachpending JOIN pg_class h ON h.oid = i.inhrelid
	UNION ALL
	SELECT 2, format('ALTER TABLE lagesbild_store.%I DETACH PARTITION lagesbild_store.%I CONCURRENTLY', l.t, h.relname)
	FROM large l JOIN pg_inherits i ON i.inhparent = l.parent AND i.inhrelid = l.own JOIN pg_class h ON h.oid = l.own
	UNION ALL
	SELECT 3, format('DROP TABLE lagesbild_store.%I', h.relname)
	FROM large l JOIN pg_class h ON h.oid = l.own AND NOT h.relispartition) s
ORDER BY n, statement LIMIT 1
