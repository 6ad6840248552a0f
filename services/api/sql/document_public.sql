SELECT name, file, sha256, bytes FROM lagesbild_desk.document_public($1::bigint, jsonb_object($2::text[], $3::text[]))
