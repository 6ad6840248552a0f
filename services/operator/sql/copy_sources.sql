COPY staged_source FROM STDIN (FORMAT csv, HEADER match)
