SELECT lagesbild_desk.second_enrol($1::bigint, $2::text)
