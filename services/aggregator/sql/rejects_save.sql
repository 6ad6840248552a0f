-- One row a feed message. The last epoch that refused it is kept.
INSERT INTO lagesbild_store.reject AS t (topic, partition, "offset", epoch, reason, detail, received_at)
SELECT DISTINCT ON (u.topic, u.partition, u."offset") u.*
FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[])
	AS u(topic, partition, "offset", epoch, reason, detail, received_at)
ORDER BY u.topic, u.partition, u."offset", u.epoch DESC
ON CONFLICT (topic, partition, "offset") DO UPDATE SET
	epoch = excluded.epoch, reason = excluded.reason, detail = excluded.detail, received_at = excluded.received_at
WHERE excluded.epoch > t.epoch
