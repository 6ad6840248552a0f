SELECT coalesce(sum(received), 0)::bigint, coalesce(sum(upserted), 0)::bigint, coalesce(sum(duplicate), 0)::bigint,
	coalesce(sum(superseded), 0)::bigint, coalesce(sum(withdrawn), 0)::bigint, coalesce(sum(rejected), 0)::bigint,
	coalesce(sum(lost), 0)::bigint
FROM lagesbild.balance WHERE topic = $1::text AND (partition, epoch) IN (SELECT * FROM unnest($2::int[], $3::bigint[]))
