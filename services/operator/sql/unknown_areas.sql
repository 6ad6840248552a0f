-- The municipality's own areas and places. $1 is not looked at.
SELECT a.name, a.code FROM lagesbild_store.build_current c JOIN lagesbild_store.build b ON b.id = c.build
JOIN lagesbild_store.area a ON a.build = b.id WHERE a.municipality = b.municipality AND $1::text IS NOT NULL
