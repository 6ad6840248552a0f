-- The rules of edition $1 as if they had been read from files; the texts bear the keys of unknown types, so nobody needs the installation key.
WITH e AS (SELECT * FROM lagesbild_store.edition WHERE id = $1::integer),
c AS (
	INSERT INTO staged_category (n, code, parent, sv, en, flag, est)
	SELECT l.n, f[1], nullif(f[2], ''), f[3], f[4], f[5], f[6]::boolean FROM e, lagesbild_store.edition_lines_of(e.categories_hash) l),
a AS (
	INSERT INTO staged_area (n, code, parent, kind, name, municipality, institution)
	SELECT l.n, f[1], nullif(f[2], ''), f[3], f[4], f[5], f[6]::boolean FROM e, lagesbild_store.edition_lines_of(e.areas_hash) l)
INSERT INTO staged_mapping (source, source_type, category, unknown_key)
SELECT f[1], f[2], f[3], f[4] FROM e, lagesbild_store.edition_lines_of(e.mapping_hash) l ORDER BY l.n
