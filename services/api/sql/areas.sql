SELECT lagesbild.api_areas($1::text::text[], jsonb_object($2::text[], $3::text[]))::text
