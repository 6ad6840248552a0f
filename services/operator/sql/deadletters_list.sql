-- Grouped: topic, reason, state, count, first, last, an example's partition and offset and its sentence. $1 topic, $2 reason, $3 since (ms), $4 state.
SELECT topic, reason, state, count(*), to_char(min(received_at), 'YYYY-MM-DD HH24:MI'), to_char(max(received_at), 'YYYY-MM-DD HH24:MI'),
	(array_agg(partition ORDER BY received_at DESC))[1], (array_agg("offset" ORDER BY received_at DESC))[1],
	(array_agg(detail ORDER BY received_at DESC))[1]
FROM lagesbild.dead_letter
WHERE ($1::text = '' OR topic = $1) AND ($2::text = '' OR reason = $2) AND received_at >= to_timestamp($3::bigint / 1000.0)
	AND ($4::text = '' OR state = $4)
GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC, 2, 3
