COPY more_place FROM STDIN (FORMAT binary)
