-- One row a feed message. The last epoch that refused it is kept. Outside the builds, so each build's aggregator writes the same rows: what
-- another has committed already is left alone, since ON CONFLICT locks a row even where it changes nothing.
INSERT INTO lagesbild_store.reject AS t (topic, partition, "offset", epoch, reason, detail, received_at)
SELECT DISTINCT ON (u.topic, u.partition, u."offset") u.*
FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[])
	AS u(topic, partition, "offset", epoch, reason, detail, received_at)
WHERE NOT EXISTS (SELECT FROM lagesbild_store.reject e
	WHERE e.topic = u.topic AND e.partition = u.partition AND e."offset" = u."offset" AND e.epoch >= u.epoch)
ORDER BY u.topic, u.partition, u."offset", u.epoch DESC
ON CONFLICT (topic, partition, "offset") DO UPDATE SET
	epoch = excluded.epoch, reason = excluded.reason, detail = excluded.detail, received_at = excluded.received_at
WHERE excluded.epoch > t.epoch
