COPY more_cell (cell, n, n_suppressed, key_sum) FROM STDIN (FORMAT binary)
