-- The shares summed by cell and cause. incidents: those whose first cell this is, so that they can be added up.
INSERT INTO diff_cause
SELECT key, cause, count(*), count(*) FILTER (WHERE first), coalesce(sum(n) FILTER (WHERE n > 0), 0)::bigint,
	coalesce(sum(n) FILTER (WHERE n < 0), 0)::bigint, sum(hid)::bigint
FROM diff_share GROUP BY key, cause
