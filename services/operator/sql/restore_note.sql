INSERT INTO lagesbild_restore.state (directory) VALUES ($1)
