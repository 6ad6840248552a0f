-- What each source has delivered for month $2 in municipality $1: short name, state; in the sources' order, the unconnected last.
SELECT s.short, coalesce(t.state, 'not_connected') AS state
FROM lagesbild_store.source s LEFT JOIN lagesbild_store.states_in($1::text) t
	ON t.source = s.name AND t.m = lagesbild_store.month_number($2::text::date)
ORDER BY coalesce(t.state, 'not_connected') = 'not_connected', s.id
