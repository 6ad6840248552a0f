SELECT * FROM lagesbild.api_revisions($1::text::text[], jsonb_object($2::text[], $3::text[]))
