SELECT locked, hash FROM lagesbild_desk.password_begin($1::bigint)
