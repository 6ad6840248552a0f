-- The areas of an edition at and below $2, with the names that it was printed with.
WITH RECURSIVE below AS (
	SELECT a.code, a.name FROM lagesbild_store.edition_area a WHERE a.edition = $1::int AND a.code = $2::text
	UNION SELECT a.code, a.name FROM lagesbild_store.edition_area a JOIN below b ON a.parent = b.code WHERE a.edition = $1)
INSERT INTO diff_area (code, name) SELECT code, name FROM below ORDER BY code ON CONFLICT DO NOTHING
