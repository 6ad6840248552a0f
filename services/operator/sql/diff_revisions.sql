-- What has changed since edition $1 (0: none) less what has changed since edition $2, of the cells that differ, by cause: both are told up to the
-- current build, so what came after the later of two editions cancels out.
INSERT INTO diff_cause
SELECT key, cause, 0, 0, greatest(n, 0), least(n, 0), hid
FROM (SELECT f.key, r.cause, sum(r.n)::bigint AS n, sum(r.hid)::bigint AS hid
	FROM (SELECT month, area, category, source, cause, delta AS n, n_suppressed_delta AS hid FROM lagesbild.edition_revision WHERE edition = $1::int
		UNION ALL
		SELECT month, area, category, source, cause, -delta, -n_suppressed_delta FROM lagesbild.edition_revision WHERE edition = $2::int) r
	JOIN diff_area da ON da.code = r.area
	JOIN diff_category dg ON dg.code = r.category
	JOIN lagesbild_store.source s ON s.name = r.source
	JOIN diff_found f ON f.key = (lagesbild_store.month_number(r.month) << 40) | (da.key << 20) | (dg.key << 6) | s.id
	GROUP BY 1, 2) c
WHERE n <> 0 OR hid <> 0
