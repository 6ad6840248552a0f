SELECT to_char(at, 'YYYY-MM-DD HH24:MI'), by, event, coalesce(comment, '') FROM lagesbild.edition_event WHERE edition = $1::int ORDER BY n
