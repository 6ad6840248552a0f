SELECT lagesbild_desk.token_put($1::text, $2::text, $3::text, $4::text::integer)
