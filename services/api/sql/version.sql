SELECT lagesbild.figures_version()
