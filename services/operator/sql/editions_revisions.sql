-- What has changed since edition $1, most first: month, area, category, source, frozen, now, cause, delta, rows withheld then and now, and the line as a JSON object.
-- $2 = 0: in the period itself; 1: in the months before it too.
SELECT to_char(r.month, 'YYYY-MM'), coalesce(a.name, r.area), coalesce(g.sv, r.category), coalesce(s.short, r.source), r.frozen, r.now, r.cause, r.delta,
	r.frozen_suppressed, r.now_suppressed, json_build_object('month', to_char(r.month, 'YYYY-MM'), 'municipality', r.municipality, 'area', r.area, 'category', r.category,
		'source', r.source, 'frozen', r.frozen, 'frozen_suppressed', r.frozen_suppressed, 'now', r.now, 'now_suppressed', r.now_suppressed,
		'cause', r.cause, 'delta', r.delta, 'n_suppressed_delta', r.n_suppressed_delta)::text
FROM lagesbild.edition e JOIN lagesbild.edition_revision r ON r.edition = e.id AND (r.month >= e.start OR $2::int <> 0)
LEFT JOIN lagesbild.edition_area a ON a.edition = e.id AND a.code = r.area
LEFT JOIN lagesbild.edition_category g ON g.edition = e.id AND g.code = r.category
LEFT JOIN lagesbild.edition_source s ON s.edition = e.id AND s.source = r.source
WHERE e.id = $1::int ORDER BY abs(r.delta) DESC, r.month DESC, r.area, r.category, r.source, r.cause
