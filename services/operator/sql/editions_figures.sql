-- The frozen figures of edition $1 by first-level category and source, institutions left out: sv, source; the period, the same a year before, the twelve
-- months that end with it; how many rows of each are withheld; whether all its months are known; est. The first-level categories are those without a parent.
WITH e AS (SELECT start, (start + months * interval '1 month')::date AS after, id, area FROM lagesbild.edition WHERE id = $1::int),
here AS (SELECT a.municipality FROM lagesbild.edition_area a, e WHERE a.edition = e.id AND a.code = e.area),
c AS (
	SELECT coalesce(g.parent, g.code) AS category, c.source, c.n, c.n_suppressed AS hid, c.month >= e.start AS this,
		c.month >= e.start - interval '1 year' AND c.month < e.after - interval '1 year' AS before, c.month >= e.after - interval '1 year' AS year
	FROM e JOIN lagesbild.edition_cell c ON c.edition = e.id
	JOIN lagesbild.edition_category g ON g.edition = e.id AND g.code = c.category
	JOIN lagesbild.edition_area a ON a.edition = e.id AND a.code = c.area
	LEFT JOIN lagesbild.edition_area up ON up.edition = e.id AND up.code = a.parent
	WHERE NOT a.institution AND NOT coalesce(up.institution, false)),
known AS (
	SELECT d.source, bool_and(d.state IN ('complete', 'nothing')) FILTER (WHERE d.month >= e.start) AS this,
		bool_and(d.state IN ('complete', 'nothing')) FILTER (WHERE d.month >= e.start - interval '1 year' AND d.month < e.after - interval '1 year') AS before,
		bool_and(d.state IN ('complete', 'nothing')) FILTER (WHERE d.month >= e.after - interval '1 year') AS year
	FROM e JOIN lagesbild.edition_delivery d ON d.edition = e.id JOIN here ON here.municipality = d.municipality GROUP BY 1),
r AS (
	SELECT category, source, coalesce(sum(n) FILTER (WHERE this), 0)::bigint AS n, coalesce(sum(n) FILTER (WHERE before), 0)::bigint AS n_before,
		coalesce(sum(n) FILTER (WHERE year), 0)::bigint AS n_year, coalesce(sum(hid) FILTER (WHERE this), 0)::bigint AS hid,
		coalesce(sum(hid) FILTER (WHERE before), 0)::bigint AS hid_before, coalesce(sum(hid) FILTER (WHERE year), 0)::bigint AS hid_year
	FROM c WHERE this OR before OR year GROUP BY 1, 2)
SELECT g.sv, s.short, r.n, r.n_before, r.n_year, r.hid, r.hid_before, r.hid_year, k.this, k.before, k.year, g.est
FROM r JOIN lagesbild.edition_category g ON g.edition = $1::int AND g.code = r.category
JOIN lagesbild.edition_source s ON s.edition = $1::int AND s.source = r.source JOIN known k ON k.source = r.source
ORDER BY g.est DESC, r.n DESC, r.n_year DESC, g.sv, s.short
