DROP SCHEMA lagesbild_restore CASCADE
