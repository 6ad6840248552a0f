-- Letters by filter as in deadletters_list.sql, or ($5 true) those of topic $1, partition $6, offset $7.
SELECT topic, partition, "offset", epoch, reason, detail, coalesce((extract(epoch FROM received_at) * 1000)::bigint, 0), state, attempts,
	coalesce(by, ''), coalesce(why, '')
FROM lagesbild.dead_letter
WHERE CASE WHEN $5::bigint = 1 THEN topic = $1::text AND partition = $6::bigint AND "offset" = $7::bigint
	ELSE ($1::text = '' OR topic = $1) AND ($2::text = '' OR reason = $2) AND received_at >= to_timestamp($3::bigint / 1000.0)
	AND state = $4::text END
ORDER BY topic, partition, "offset"
