-- What is staged, with the reference's ids where codes are equal, and new ones for the rest.
INSERT INTO made_category
SELECT b.id, coalesce(g.id, top.id + row_number() OVER (PARTITION BY g.id IS NULL ORDER BY f.n)), f.code, f.parent, f.sv, f.en, f.flag, f.est
FROM made_build b CROSS JOIN staged_category f
CROSS JOIN (SELECT coalesce(max(c.id), 0) AS id FROM lagesbild_store.category c JOIN made_build b ON c.build = b.reference) top
LEFT JOIN lagesbild_store.category g ON g.build = b.reference AND g.code = f.code;

INSERT INTO made_area
SELECT b.id, coalesce(g.id, top.id + row_number() OVER (PARTITION BY g.id IS NULL ORDER BY f.n)), f.code, f.parent, f.kind, f.name, f.municipality,
	f.institution
FROM made_build b CROSS JOIN staged_area f
CROSS JOIN (SELECT coalesce(max(a.id), 0) AS id FROM lagesbild_store.area a JOIN made_build b ON a.build = b.reference) top
LEFT JOIN lagesbild_store.area g ON g.build = b.reference AND g.code = f.code;

INSERT INTO made_mapping
SELECT b.id, coalesce(m.id, top.id + row_number() OVER (PARTITION BY m.id IS NULL ORDER BY f.n)), s.id, f.source_type, c.id, f.unknown_key
FROM made_build b CROSS JOIN staged_mapping f
CROSS JOIN (SELECT coalesce(max(m.id), 0) AS id FROM lagesbild_store.mapping m JOIN made_build b ON m.build = b.reference) top
JOIN lagesbild_store.source s ON s.name = f.source JOIN made_category c ON c.code = f.category
LEFT JOIN lagesbild_store.mapping m ON m.build = b.reference AND m.source = s.id AND m.source_type = f.source_type;
