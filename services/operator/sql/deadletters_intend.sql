-- Before a retry is sent. No row when somebody else is at it.
WITH mine AS (
	UPDATE lagesbild_store.reject SET state = 'retried' WHERE topic = $1::text AND partition = $2::int AND "offset" = $3::bigint AND state = 'open'
	RETURNING topic, partition, "offset")
INSERT INTO lagesbild_store.dead_letter_retry (topic, partition, "offset", attempt, edited, by, feed_end)
SELECT topic, partition, "offset", $4::int, $5::bigint = 1, coalesce(nullif($6::text, ''), session_user), $7::bigint FROM mine
RETURNING n
