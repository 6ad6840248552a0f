SELECT lagesbild_desk.sign_out($1::text)
