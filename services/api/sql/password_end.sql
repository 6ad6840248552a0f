SELECT lagesbild_desk.password_end($1::bigint, $2::text, $3::text)
