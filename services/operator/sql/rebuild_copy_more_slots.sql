COPY more_slot (slot, n) FROM STDIN (FORMAT binary)
