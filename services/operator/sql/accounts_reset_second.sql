SELECT lagesbild_desk.second_reset($1::text)
