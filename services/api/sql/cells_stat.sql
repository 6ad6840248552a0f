SELECT lagesbild.api_cells_stat($1::text::text[], jsonb_object($2::text[], $3::text[]))::text
