-- What each source had delivered for the months of edition $1 in its own municipality: short name, and its states.
SELECT s.short, string_agg(DISTINCT d.state, ', ')
FROM lagesbild.edition e JOIN lagesbild.edition_area a ON a.edition = e.id AND a.code = e.area
JOIN lagesbild.edition_delivery d ON d.edition = e.id AND d.municipality = a.municipality AND d.month >= e.start
JOIN lagesbild.edition_source s ON s.edition = e.id AND s.source = d.source
WHERE e.id = $1::int GROUP BY 1 ORDER BY bool_and(d.state = 'not_connected'), 1
