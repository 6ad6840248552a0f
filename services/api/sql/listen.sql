LISTEN lagesbild_cells;
LISTEN lagesbild_builds;
LISTEN lagesbild_desk
