COPY more_slot FROM STDIN (FORMAT binary)
