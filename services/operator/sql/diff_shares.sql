-- What each incident adds to the difference of a cell, and why. It counts in a cell that differs on one side; on the other it counts in one too, or
-- it is looked up: it counts in a cell that is equal, is there and does not count, or is not there. late: by the append time of its last message,
-- which is all that the ledger keeps, so that signed history and an old message sent again are late as well. first: the other of an incident's two cells does not count it again.
INSERT INTO diff_share
WITH pair AS (
	SELECT o.id, o.key_a, o.key_b, coalesce(o.n_a, 0) AS n_a, coalesce(o.n_b, 0) AS n_b,
		coalesce((o.state_a = 's')::int, 0) AS hid_a, coalesce((o.state_b = 's')::int, 0) AS hid_b,
		coalesce(o.state_a, a.state) AS state_a, coalesce(o.state_b, b.state) AS state_b,
		coalesce(o.hash_a, a.hash) AS hash_a, coalesce(o.hash_b, b.hash) AS hash_b,
		coalesce(o.at_a, o.at_b) AS at, coalesce(o.key_a, o.key_b) >> 40 AS m
	FROM diff_open o
	LEFT JOIN lagesbild_store.ledger a ON o.state_a IS NULL AND a.build = $1::smallint AND a.id = o.id
	LEFT JOIN lagesbild_store.ledger b ON o.state_b IS NULL AND b.build = $2::smallint AND b.id = o.id),
month AS MATERIALIZED (
	SELECT m, extract(epoch FROM lagesbild_store.month_date(m + 1)::timestamp AT TIME ZONE $3::text)::bigint * 1000 AS ends
	FROM (SELECT DISTINCT key >> 40 AS m FROM diff_found) d),
caused AS (
	SELECT p.*, CASE
		WHEN state_a IS NULL OR state_b IS NULL THEN CASE WHEN at >= month.ends THEN 'late' ELSE 'new' END
		WHEN state_a = 'w' OR state_b = 'w' THEN 'withdrawn'
		WHEN state_a = 'r' OR state_b = 'r' THEN 'rejected'
		WHEN state_a = 'u' OR state_b = 'u' THEN 'unfounded'
		WHEN hash_a <> hash_b THEN 'corrected'
		ELSE 'mapping' END AS cause
	FROM pair p JOIN month USING (m))
SELECT key_a, cause, id, true, CASE WHEN key_a = key_b THEN n_b ELSE 0 END - n_a, CASE WHEN key_a = key_b THEN hid_b ELSE 0 END - hid_a
FROM caused WHERE key_a IS NOT NULL
UNION ALL
SELECT key_b, cause, id, key_a IS NULL, n_b, hid_b FROM caused WHERE key_b IS NOT NULL AND key_b IS DISTINCT FROM key_a
