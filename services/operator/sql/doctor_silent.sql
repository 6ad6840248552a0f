SELECT 'warning', format('%s has sent nothing since %s', source, coalesce(to_char(last_event_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI UTC'), 'it was connected')),
	'ask who delivers it; then lagesbild delivery tells what the month is to be called'
FROM lagesbild.source_health WHERE silent ORDER BY source
