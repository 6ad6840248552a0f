-- What the mapping of source $1 knows, and its category, in the current build.
SELECT m.source_type, g.code FROM lagesbild_store.build_current c
JOIN lagesbild_store.mapping m ON m.build = c.build JOIN lagesbild_store.source s ON s.id = m.source
JOIN lagesbild_store.category g ON g.build = m.build AND g.id = m.category WHERE s.name = $1::text
