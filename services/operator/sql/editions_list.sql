-- Editions, newest first; $1: only that one (0: all). Number, period, area and its name, state, when and by whom the state was reached, what it is superseded
-- by (0: nothing), complete, hash, and the row as a JSON object.
SELECT e.id, e.period, e.area, coalesce(a.name, e.area), e.state, to_char(s.at, 'YYYY-MM-DD HH24:MI'), s.by, coalesce(e.superseded_by, 0), e.complete, e.hash,
	(to_jsonb(e) || jsonb_build_object('comments', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', c.at, 'by', c.by, 'event', c.event,
		'comment', c.comment) ORDER BY c.n), '[]') FROM lagesbild.edition_event c WHERE c.edition = e.id)))::text
FROM lagesbild.edition e LEFT JOIN lagesbild.edition_area a ON a.edition = e.id AND a.code = e.area
CROSS JOIN LATERAL (SELECT v.at, v.by FROM lagesbild.edition_event v WHERE v.edition = e.id AND v.event = e.state ORDER BY v.n LIMIT 1) s
WHERE $1::int IN (0, e.id) ORDER BY e.id DESC
