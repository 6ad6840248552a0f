SELECT lagesbild_desk.session_state($1::bigint, $2::text)::text
