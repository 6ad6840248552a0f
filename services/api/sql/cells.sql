SELECT * FROM lagesbild.api_cells($1::text::text[], jsonb_object($2::text[], $3::text[]))
