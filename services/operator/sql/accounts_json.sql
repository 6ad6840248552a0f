SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'display', display, 'actor', actor, 'roles', roles, 'groups', groups, 'external', external,
	'closed_at', closed_at) ORDER BY name), '[]')::text FROM lagesbild_desk.account
