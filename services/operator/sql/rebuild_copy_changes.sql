COPY lagesbild_store.change_log_new (build, cell, delta, cause, incidents_partition, incidents_offset, recorded_at)
FROM STDIN (FORMAT binary, FREEZE)
