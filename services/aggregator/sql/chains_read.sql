SELECT topic, partition, epoch, first_offset, last_offset, sequence, upserted, duplicate, superseded, withdrawn, rejected,
	redelivered, newest_at, last_at
FROM lagesbild_store.chain WHERE build = $1::smallint AND partition = ANY ($2::int[])
