INSERT INTO lagesbild_store.chain AS t (build, topic, partition, epoch, first_offset, last_offset, sequence,
	upserted, duplicate, superseded, withdrawn, rejected, redelivered, newest_at, last_at)
SELECT $1::smallint, u.*
FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
	$8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[]) AS u
ON CONFLICT (build, topic, partition, epoch) DO UPDATE SET
	first_offset = excluded.first_offset, last_offset = excluded.last_offset, sequence = excluded.sequence,
	upserted = excluded.upserted, duplicate = excluded.duplicate, superseded = excluded.superseded,
	withdrawn = excluded.withdrawn, rejected = excluded.rejected, redelivered = excluded.redelivered,
	newest_at = excluded.newest_at, last_at = excluded.last_at
