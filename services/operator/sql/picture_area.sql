SELECT name, coalesce(parent, '') FROM lagesbild.area WHERE code = $1::text
