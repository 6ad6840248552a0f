-- The areas of a build that the filter lets through: $2 and all below it, or all. What is not here is on neither side.
INSERT INTO diff_area (code, name)
SELECT a.code, a.name FROM lagesbild_store.area a
WHERE a.build = $1::smallint AND ($2::text = '' OR a.id IN (SELECT aa.area FROM lagesbild_store.area_ancestor aa
	JOIN lagesbild_store.area up ON up.build = aa.build AND up.id = aa.ancestor WHERE aa.build = $1::smallint AND up.code = $2::text))
ORDER BY a.code ON CONFLICT DO NOTHING
