SELECT lagesbild.api_balance($1::text::text[], jsonb_object($2::text[], $3::text[]))::text
