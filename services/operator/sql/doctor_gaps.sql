SELECT topic, partition, epoch, first_sequence, last_sequence, after_offset, before_offset
FROM lagesbild_store.gap JOIN lagesbild_store.build_current USING (build) ORDER BY topic, partition, first_sequence
