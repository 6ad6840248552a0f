-- An edition by its number: zone, name as JSON, area, its first month and the one behind its last. Last: 1 when $2 is its area or lies in it (or is
-- empty), 2 when its area lies in $2, else 0.
WITH RECURSIVE e AS (SELECT * FROM lagesbild_store.edition WHERE id = $1::int AND hash IS NOT NULL),
below AS (
	SELECT e.area AS code FROM e
	UNION SELECT a.code FROM lagesbild_store.edition_area a JOIN below b ON a.parent = b.code WHERE a.edition = $1)
SELECT e.zone, to_json('edition:' || e.id)::text, e.area, lagesbild_store.month_number(e.start), lagesbild_store.month_number(e.start) + e.months,
	CASE WHEN $2::text = '' OR $2 IN (SELECT code FROM below) THEN 1
		WHEN EXISTS (SELECT FROM lagesbild_store.edition_area a WHERE a.edition = $1 AND a.code = $2) THEN 2 ELSE 0 END
FROM e
