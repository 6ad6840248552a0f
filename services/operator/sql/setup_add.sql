-- Rows that the current build lacks; setup_differs has found that nothing it has is to be changed.
-- Who may see a source is no rule of a build: it holds at once, and is noted.
SELECT lagesbild_desk.note(NULL, 'source release', s.name, jsonb_build_object('old', s.release, 'new', f.release))
FROM staged_source f JOIN lagesbild_store.source s ON s.name = f.source AND s.release <> f.release;
INSERT INTO lagesbild_store.source AS s (id, name, sv, en, short, release) SELECT id, source, sv, en, short, release FROM staged_source
ON CONFLICT (id) DO UPDATE SET sv = excluded.sv, en = excluded.en, short = excluded.short, release = excluded.release
WHERE (s.sv, s.en, s.short, s.release) IS DISTINCT FROM (excluded.sv, excluded.en, excluded.short, excluded.release);

INSERT INTO lagesbild_store.category
SELECT c.build, row_number() OVER (ORDER BY f.n) + coalesce((SELECT max(id) FROM lagesbild_store.category g WHERE g.build = c.build), 0),
	f.code, f.parent, f.sv, f.en, f.flag, f.est
FROM staged_category f, lagesbild_store.build_current c
WHERE NOT EXISTS (SELECT FROM lagesbild_store.category g WHERE g.build = c.build AND g.code = f.code);

INSERT INTO lagesbild_store.area
SELECT c.build, f.n, f.code, f.parent, f.kind, f.name, f.municipality, f.institution
FROM staged_area f, lagesbild_store.build_current c
WHERE NOT EXISTS (SELECT FROM lagesbild_store.area a WHERE a.build = c.build AND a.code = f.code);

INSERT INTO lagesbild_store.mapping
SELECT c.build, row_number() OVER (ORDER BY f.n) + coalesce((SELECT max(id) FROM lagesbild_store.mapping m WHERE m.build = c.build), 0),
	s.id, f.source_type, g.id, f.unknown_key
FROM staged_mapping f JOIN lagesbild_store.source s ON s.name = f.source, lagesbild_store.build_current c
JOIN lagesbild_store.category g ON g.build = c.build
WHERE g.code = f.category
AND NOT EXISTS (SELECT FROM lagesbild_store.mapping m WHERE m.build = c.build AND m.source = s.id);

UPDATE lagesbild_store.build b SET mapping = v.hash
FROM lagesbild_store.build_current c, staged_version v
WHERE b.id = c.build AND b.mapping IS DISTINCT FROM v.hash;

SELECT lagesbild_store.build_close_trees(build) FROM lagesbild_store.build_current;
