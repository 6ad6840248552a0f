SELECT lagesbild.api_public_editions($1::text::text[], jsonb_object($2::text[], $3::text[]))::text
