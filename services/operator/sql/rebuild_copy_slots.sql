COPY lagesbild_store.slot_new (slot, n) FROM STDIN (FORMAT binary, FREEZE)
