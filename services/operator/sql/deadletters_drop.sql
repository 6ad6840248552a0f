WITH word AS (
	INSERT INTO lagesbild_store.dead_letter_word (topic, partition, "offset", by, why)
	VALUES ($1::text, $2::int, $3::bigint, coalesce(nullif($4::text, ''), session_user), $5::text)
	ON CONFLICT (topic, partition, "offset") DO UPDATE SET at = now(), by = excluded.by, why = excluded.why, epoch = NULL)
UPDATE lagesbild_store.reject SET state = 'dropped' WHERE topic = $1 AND partition = $2 AND "offset" = $3 AND state <> 'dropped'
