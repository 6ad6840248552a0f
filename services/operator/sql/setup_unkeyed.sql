SELECT n, source, source_type FROM staged_mapping WHERE unknown_key IS NULL ORDER BY n
