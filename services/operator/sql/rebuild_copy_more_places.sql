COPY more_place (cell, place, n) FROM STDIN (FORMAT binary)
