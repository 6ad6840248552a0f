-- What the files say otherwise than the current build has it: rules of a build never change in place. A source that the build lacks is no difference,
-- nor are the categories that it needs.
WITH RECURSIVE b AS (SELECT b.* FROM lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id),
sources AS (
	SELECT 'source ' || s.name || ' has another number in sources.csv, or is gone from it' AS what
	FROM lagesbild_store.source s LEFT JOIN staged_source f ON f.source = s.name WHERE f.id IS DISTINCT FROM s.id),
categories AS (
	SELECT 'category ' || g.code || CASE WHEN f.code IS NULL THEN ' is gone from' ELSE ' is changed in' END || ' categories.csv' AS what
	FROM lagesbild_store.category g JOIN b ON b.id = g.build LEFT JOIN staged_category f ON f.code = g.code
	WHERE (f.code, f.parent, f.sv, f.en, f.flag, f.est) IS DISTINCT FROM (g.code, g.parent, g.sv, g.en, g.flag, g.est)),
known AS (SELECT DISTINCT s.name FROM lagesbild_store.mapping m JOIN b ON b.id = m.build JOIN lagesbild_store.source s ON s.id = m.source),
needed AS (
	SELECT category AS code FROM staged_mapping WHERE source NOT IN (SELECT name FROM known)
	UNION SELECT f.parent FROM needed JOIN staged_category f USING (code) WHERE f.parent IS NOT NULL),
added AS (
	SELECT 'category ' || f.code || ' is new in categories.csv, and no source that the build lacks needs it' AS what FROM staged_category f
	WHERE EXISTS (SELECT FROM lagesbild_store.category g JOIN b ON b.id = g.build)
	AND NOT EXISTS (SELECT FROM lagesbild_store.category g JOIN b ON b.id = g.build WHERE g.code = f.code)
	AND f.code NOT IN (SELECT code FROM needed)),
mapped AS (
	SELECT s.name AS source, m.source_type, g.code AS category
	FROM lagesbild_store.mapping m JOIN b ON b.id = m.build JOIN lagesbild_store.source s ON s.id = m.source
	JOIN lagesbild_store.category g ON g.build = b.id AND g.id = m.category),
mapping AS (
	SELECT 'type "' || coalesce(m.source_type, f.source_type) || '" of ' || coalesce(m.source, f.source) || CASE
		WHEN f.source IS NULL THEN ' is gone from' WHEN m.source IS NULL THEN ' is new in' ELSE ' is changed in' END || ' the mapping' AS what
	FROM mapped m FULL JOIN (SELECT * FROM staged_mapping WHERE source IN (SELECT name FROM known)) f USING (source, source_type)
	WHERE m.category IS DISTINCT FROM f.category),
areas AS (
	SELECT 'area ' || coalesce(a.code, f.code) || CASE
		WHEN f.code IS NULL THEN ' is gone from' WHEN a.code IS NULL THEN ' is new in' ELSE ' is changed in' END || ' the area registers' AS what
	FROM (SELECT a.* FROM lagesbild_store.area a JOIN b ON b.id = a.build) a FULL JOIN staged_area f USING (code)
	WHERE EXISTS (SELECT FROM lagesbild_store.area JOIN b ON b.id = build)
	AND (a.code, a.parent, a.kind, a.name, a.municipality, a.institution)
		IS DISTINCT FROM (f.code, f.parent, f.kind, f.name, f.municipality, f.institution))
SELECT what FROM sources UNION ALL SELECT what FROM categories UNION ALL SELECT what FROM added UNION ALL SELECT what FROM mapping UNION ALL SELECT what FROM areas
