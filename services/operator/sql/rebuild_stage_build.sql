-- The rules of build $1 as if they had been read from files; nobody needs the installation key for them.
WITH c AS (
	INSERT INTO staged_category (n, code, parent, sv, en, flag, est)
	SELECT id, code, parent, sv, en, flag, est FROM lagesbild_store.category WHERE build = $1::smallint ORDER BY id),
a AS (
	INSERT INTO staged_area
	SELECT id, code, parent, kind, name, municipality, institution FROM lagesbild_store.area WHERE build = $1::smallint)
INSERT INTO staged_mapping (source, source_type, category, unknown_key)
SELECT s.name, m.source_type, g.code, m.unknown_key
FROM lagesbild_store.mapping m JOIN lagesbild_store.source s ON s.id = m.source
JOIN lagesbild_store.category g ON g.build = m.build AND g.id = m.category
WHERE m.build = $1::smallint ORDER BY m.id
