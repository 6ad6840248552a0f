WITH taken AS (DELETE FROM staged_mapping_file RETURNING source_type, category)
INSERT INTO staged_mapping (source, source_type, category) SELECT $1::text, source_type, category FROM taken
