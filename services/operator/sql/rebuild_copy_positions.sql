COPY lagesbild_store.position (build, partition, next, unreadable) FROM STDIN (FORMAT binary)
