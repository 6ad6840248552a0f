COPY more_cell FROM STDIN (FORMAT binary)
