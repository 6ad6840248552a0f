COPY staged_mapping_file FROM STDIN (FORMAT csv, HEADER match)
