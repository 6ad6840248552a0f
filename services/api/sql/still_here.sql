SELECT lagesbild_desk.still_here($1::text[])
