-- Own areas of municipality $1 with something in month $2 within the council's scope; the municipality's own code: area not known.
WITH c AS MATERIALIZED (SELECT area, category, source, n FROM lagesbild.month_cell WHERE municipality = $1::text AND month = $2::text::date)
SELECT a.name, a.kind = 'municipality' AS unknown, sum(c.n)::bigint, string_agg(DISTINCT s.short, ', ')
FROM c JOIN lagesbild.area a ON a.code = c.area JOIN lagesbild.category g ON g.code = c.category
JOIN lagesbild.source s ON s.source = c.source
WHERE g.est AND NOT a.institution
GROUP BY 1, 2 ORDER BY 2, 3 DESC LIMIT 6
