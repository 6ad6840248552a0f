-- The difference by cause: incidents, cells, what they add, what they take, suppressed counts; the row as a JSON object.
SELECT cause, incidents, cells, more, less, hid, json_build_object('cause', cause, 'incidents', incidents, 'cells', cells, 'added', more,
	'removed', -less, 'difference', more + less, 'difference_suppressed', hid)::text
FROM (SELECT cause, sum(incidents)::bigint AS incidents, count(*) AS cells, sum(more)::bigint AS more, sum(less)::bigint AS less,
		sum(hid)::bigint AS hid
	FROM diff_cause GROUP BY cause) s
ORDER BY array_position(ARRAY['new', 'late', 'corrected', 'withdrawn', 'rejected', 'unfounded', 'backfill', 'source-removed', 'small-count',
	'mapping', 'unexplained'], cause)
