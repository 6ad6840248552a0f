COPY lagesbild_store.chain (build, topic, partition, epoch, first_offset, last_offset, sequence, upserted, duplicate, superseded, withdrawn, rejected,
	redelivered, newest_at, last_at) FROM STDIN (FORMAT binary)
