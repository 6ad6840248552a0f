-- Missing is not zero, elsewhere too: a source says something of a municipality (or a county's unplaced) when it has named it, or a person has spoken of
-- it, and of the pack's own; of others it says nothing, and their figures are unknown. View delivery (002_views.sql) has always said so.
CREATE FUNCTION lagesbild_store.covers(municipality text) RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
DECLARE
	b record;
BEGIN
	SELECT k.id, k.municipality INTO b FROM lagesbild_store.build k JOIN lagesbild_store.build_current c ON c.build = k.id;
	IF covers.municipality = b.municipality THEN
		RETURN QUERY SELECT s.name FROM lagesbild_store.source s;
	ELSE
		RETURN QUERY SELECT s.name FROM lagesbild_store.source s WHERE s.id IN (SELECT (c.cell & 63)::smallint FROM lagesbild_store.cell c
			WHERE c.build = b.id AND (c.cell >> 16) & 65535 IN (SELECT a.id FROM lagesbild_store.area a WHERE a.build = b.id
				AND a.municipality = covers.municipality))
			UNION SELECT k.source FROM lagesbild_store.source_month_set k WHERE k.municipality = covers.municipality;
	END IF;
END $$;

-- As in 020_figures.sql, over that.
CREATE OR REPLACE FUNCTION lagesbild_store.states_from(which integer, municipality text, lo bigint, hi bigint)
RETURNS TABLE (source text, m bigint, state text) LANGUAGE sql STABLE AS $$
	SELECT s.name, k.m, CASE WHEN v.name IS NULL THEN 'not_connected'
		ELSE coalesce(t.state, CASE WHEN lagesbild_store.month_date(k.m) > lagesbild_store.today() THEN 'filling' ELSE 'not_connected' END) END
	FROM lagesbild_store.source s CROSS JOIN generate_series(lo, hi - 1) AS k(m)
	LEFT JOIN lagesbild_store.covers($2) AS v(name) ON v.name = s.name
	LEFT JOIN lagesbild_store.states_in($2) t ON t.source = s.name AND t.m = k.m
	WHERE which IS NULL
	UNION ALL
	SELECT d.source, k.m, d.state FROM lagesbild_store.edition_delivery d
	JOIN LATERAL (SELECT lagesbild_store.month_number(d.month) AS m) k ON k.m >= lo AND k.m < hi
	WHERE d.edition = which AND d.municipality = $2
$$;

-- ---- the desk ----

-- Coming events are of the day that the figures call today (022_meetings.sql otherwise).
DO $$
DECLARE
	f constant regprocedure := 'lagesbild_desk.events_get(bigint,jsonb,jsonb)';
BEGIN
	EXECUTE replace(pg_get_functiondef(f), ', current_date)', ', lagesbild_store.today())');
END $$;

-- An account that is there keeps what is not said: nobody loses a second factor, a role or a group by a change of something else. Gives its roles.
CREATE FUNCTION lagesbild_desk.account_set(given text, shown text, of_actor text, given_roles text[], given_groups text[], is_external boolean, given_hash text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	a lagesbild_desk.account;
BEGIN
	SELECT * INTO a FROM lagesbild_desk.account k WHERE k.name = lower(given);
	PERFORM lagesbild_desk.account_put(given, coalesce(shown, a.display, given), coalesce(of_actor, a.actor, 'kommunen'),
		coalesce(given_roles, a.roles, '{reader}'), coalesce(given_groups, a.groups, '{}'), coalesce(is_external, a.external, false), given_hash);
	RETURN (SELECT array_to_string(k.roles, ',') FROM lagesbild_desk.account k WHERE k.name = lower(given));
END $$;
