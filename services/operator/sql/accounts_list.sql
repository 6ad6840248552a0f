SELECT name, display, actor, array_to_string(roles, ','), array_to_string(groups, ','), CASE WHEN closed_at IS NOT NULL THEN 'closed' WHEN external THEN 'second factor' ELSE '' END
FROM lagesbild_desk.account ORDER BY closed_at IS NOT NULL, name
