-- Own areas of municipality $1 with something in month $2 within the council's scope: name, whether the area is not known (the municipality's
-- own code), whether it is an institution (not among the rows above), and what each source says: sources are never added up.
WITH c AS (
	SELECT c.area, c.source, sum(c.n)::bigint AS n, sum(c.n_suppressed)::bigint AS hid
	FROM lagesbild.month_cell c JOIN lagesbild.category g ON g.code = c.category
	WHERE c.municipality = $1::text AND c.month = $2::text::date AND g.est GROUP BY 1, 2)
SELECT a.name, a.kind = 'municipality', a.institution, string_agg(s.short || ' ' || CASE
	WHEN c.hid = 0 THEN c.n::text WHEN c.n > 0 THEN '≥' || c.n WHEN c.hid = 1 THEN '<5' ELSE c.hid || '×<5' END, ', ' ORDER BY c.n DESC, s.short)
FROM c JOIN lagesbild.area a ON a.code = c.area JOIN lagesbild.source s ON s.source = c.source
GROUP BY 1, 2, 3 ORDER BY 3, 2, max(c.n) DESC, 1 LIMIT 7
