SELECT topic, partition, "offset" FROM lagesbild_store.purge_record WHERE purge = $1::bigint
