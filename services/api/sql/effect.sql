SELECT lagesbild.api_effect($1::text::text[], jsonb_object($2::text[], $3::text[]))::text
