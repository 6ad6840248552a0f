COPY lagesbild_store.gap (build, topic, partition, epoch, first_sequence, last_sequence, after_offset, before_offset) FROM STDIN (FORMAT binary)
