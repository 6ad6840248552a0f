-- What each source has delivered for month $2 in municipality $1: short name, state; in the sources' order, the unconnected last. A source that
-- has been silent for three months is not said to be filling this one.
WITH states AS MATERIALIZED (SELECT t.*, t.m - lagesbild_store.month_number($2::text::date) AS ago FROM lagesbild_store.states_in($1::text) t),
said AS (
	SELECT s.short, s.id, CASE WHEN t.state = 'filling' AND (SELECT count(*) FROM states k
			WHERE k.source = s.name AND k.ago BETWEEN -3 AND -1 AND k.state = 'missing') = 3 THEN 'missing'
		ELSE coalesce(t.state, 'not_connected') END AS state
	FROM lagesbild_store.source s LEFT JOIN states t ON t.source = s.name AND t.ago = 0)
SELECT short, state FROM said ORDER BY state = 'not_connected', id
