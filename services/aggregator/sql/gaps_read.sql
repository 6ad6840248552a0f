SELECT topic, partition, epoch, first_sequence, last_sequence, after_offset, before_offset
FROM lagesbild_store.gap WHERE build = $1::smallint AND partition = ANY ($2::int[])
