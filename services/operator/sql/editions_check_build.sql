-- Edition $1 against build $2, which must have been read up to the same positions by the same rules: a finding a row, at most eleven.
WITH e AS (SELECT e.*, b.id AS build_id, lagesbild_store.month_number(e.start) - 36 AS lo, lagesbild_store.month_number(e.start) + e.months AS hi
	FROM lagesbild_store.edition e JOIN lagesbild_store.build b ON b.name = $2::text WHERE e.id = $1::int),
now_cell AS (SELECT c.* FROM e, lagesbild_store.cells_in(e.build_id, e.area, e.lo, e.hi) c),
now_hour AS (SELECT c.* FROM e, lagesbild_store.hours_in(e.build_id, e.area, e.lo + 24, e.hi) c),
now_place AS (SELECT c.* FROM e, lagesbild_store.places_in(e.build_id, e.area, e.lo + 24, e.hi) c)
SELECT finding FROM (
	SELECT 1 AS n, format('there is no build %s', $2::text) AS finding WHERE NOT EXISTS (SELECT FROM e)
	UNION ALL
	SELECT 2, format('partition %s: the build stands at %s, the edition at %s', partition, coalesce(p.next, 0), coalesce(f.next, 0))
	FROM (SELECT p.partition, p.next FROM lagesbild_store.position p JOIN e ON p.build = e.build_id) p
	FULL JOIN (SELECT f.partition, f.next FROM lagesbild_store.edition_position f JOIN e ON f.edition = e.id) f USING (partition)
	WHERE coalesce(p.next, 0) <> coalesce(f.next, 0)
	UNION ALL
	SELECT 3, format('the build has other %s than the edition', h.what) FROM e CROSS JOIN LATERAL (VALUES ('mapping', e.mapping_hash),
		('categories', e.categories_hash), ('areas', e.areas_hash)) AS h(what, hash)
	WHERE h.hash <> lagesbild_store.rules_hash(e.build_id, h.what)
	UNION ALL
	SELECT 4, format('%s %s %s %s: the build has %s, withheld %s, key %s; frozen are %s, %s, %s', to_char(month, 'YYYY-MM'), area, category, source,
		coalesce(c.n, 0), coalesce(c.n_suppressed, 0), coalesce(c.key_sum, 0), coalesce(f.n, 0), coalesce(f.n_suppressed, 0), coalesce(f.key_sum, 0))
	FROM now_cell c FULL JOIN (SELECT f.* FROM lagesbild_store.edition_cell f JOIN e ON f.edition = e.id) f USING (month, area, category, source)
	WHERE (c.n, c.n_suppressed, c.key_sum) IS DISTINCT FROM (f.n, f.n_suppressed, f.key_sum)
	UNION ALL
	SELECT 5, format('%s %s %s %s, weekday %s hour %s: the build has %s, frozen are %s', to_char(month, 'YYYY-MM'), area, category, source, weekday, hour,
		coalesce(c.n, 0), coalesce(f.n, 0))
	FROM now_hour c FULL JOIN (SELECT f.* FROM lagesbild_store.edition_hour f JOIN e ON f.edition = e.id) f
		USING (month, area, category, source, weekday, hour)
	WHERE c.n IS DISTINCT FROM f.n
	UNION ALL
	SELECT 6, format('%s %s %s %s, place %s: the build has %s, frozen are %s', to_char(month, 'YYYY-MM'), area, category, source, place,
		coalesce(c.n, 0), coalesce(f.n, 0))
	FROM now_place c FULL JOIN (SELECT f.* FROM lagesbild_store.edition_place f JOIN e ON f.edition = e.id) f
		USING (month, area, category, source, place)
	WHERE c.n IS DISTINCT FROM f.n) found
ORDER BY n LIMIT 11
