COPY staged_delivery FROM STDIN (FORMAT csv, HEADER match)
