COPY lagesbild_store.place_new (cell, place, n) FROM STDIN (FORMAT binary, FREEZE)
