-- What each group sees ($1; '': all of them).
SELECT g, s.name, s.release, CASE WHEN lagesbild_desk.group_sees(g, s) THEN 'shown' ELSE 'hidden' END
FROM unnest(ARRAY['steering', 'operational']) WITH ORDINALITY AS u(g, n) CROSS JOIN lagesbild_store.source s
WHERE $1::text IN ('', g) ORDER BY u.n, s.id
