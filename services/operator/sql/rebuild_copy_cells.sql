COPY lagesbild_store.cell_new (cell, n, n_suppressed, key_sum) FROM STDIN (FORMAT binary, FREEZE)
