DELETE FROM staged_mapping WHERE source = $1::text
