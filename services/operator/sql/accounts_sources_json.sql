SELECT coalesce(jsonb_agg(jsonb_build_object('group', g, 'source', s.name, 'release', s.release, 'shown', lagesbild_desk.group_sees(g, s)) ORDER BY u.n, s.id), '[]')::text
FROM unnest(ARRAY['steering', 'operational']) WITH ORDINALITY AS u(g, n) CROSS JOIN lagesbild_store.source s
WHERE $1::text IN ('', g)
