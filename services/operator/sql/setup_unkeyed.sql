SELECT n, source, source_type FROM staged_mapping ORDER BY n
