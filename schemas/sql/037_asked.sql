-- A filter that names nothing is a mistake, not an empty answer. What a measure was given before the pack changed may be asked for.

-- As in 034_pace.sql, with what is asked for looked at.
CREATE OR REPLACE FUNCTION lagesbild_desk.measures_get(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	today constant date := lagesbild_store.today();
	of_area constant text := arguments ->> 'area';
BEGIN
	IF arguments ->> 'state' NOT IN ('proposed', 'decided', 'ongoing', 'done', 'followed-up', 'dropped') THEN
		PERFORM lagesbild_store.problem(400, 'Läget finns inte', 'state: proposed, decided, ongoing, done, followed-up or dropped');
	ELSIF arguments ->> 'code' IS NOT NULL AND NOT EXISTS (SELECT FROM lagesbild_desk.actor a WHERE a.code = arguments ->> 'code') THEN
		PERFORM lagesbild_store.problem(404, 'Aktören finns inte', 'code: a code of GET /api/v1/actors');
	ELSIF NOT EXISTS (SELECT FROM lagesbild_desk.measure m WHERE m.area = of_area) THEN
		PERFORM lagesbild_desk.refuse_area(of_area);
	END IF;
	SELECT 200, jsonb_build_object('rows', coalesce(jsonb_agg(j ORDER BY (j -> 'overdue')::boolean DESC, j ->> 'follow_up' NULLS LAST, (j -> 'id')::bigint), '[]'))
	INTO status, answer
	FROM (SELECT lagesbild_desk.measure_json(m, today) AS j FROM lagesbild_desk.measure m WHERE m.owner = coalesce(arguments ->> 'code', m.owner)
		AND m.state = coalesce(arguments ->> 'state', m.state) AND m.area IS NOT DISTINCT FROM coalesce(of_area, m.area) OFFSET 0) AS k;
END $$;

-- As in 031_release.sql, with the area's name as it was: a list of pictures says of where each is.
CREATE OR REPLACE FUNCTION lagesbild.api_editions(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('rows', (SELECT coalesce(jsonb_agg(to_jsonb(e) - ARRAY['positions', 'build', 'key_id'] || jsonb_build_object(
		'area_name', (SELECT a.name FROM lagesbild_store.edition_area a WHERE a.edition = e.id AND a.code = e.area),
		'notes', lagesbild_store.notes_for(e.notes, allowed), 'events',
		(SELECT jsonb_agg(jsonb_build_object('at', v.at, 'by', v.by, 'event', v.event, 'comment', v.comment) ORDER BY v.n)
		FROM lagesbild_store.edition_event v WHERE v.edition = e.id)) ORDER BY e.id DESC), '[]') FROM lagesbild.edition e))
$$;
