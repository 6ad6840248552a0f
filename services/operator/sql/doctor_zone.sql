-- The current build's zone and its offset in seconds at noon of each month's first day, two years back and three ahead.
SELECT b.zone, extract(epoch FROM t)::bigint, extract(epoch FROM (t AT TIME ZONE b.zone) - (t AT TIME ZONE 'UTC'))::bigint
FROM lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id
CROSS JOIN generate_series(date_trunc('month', now()) - interval '2 years' + interval '12 hours', now() + interval '3 years', interval '1 month') t
