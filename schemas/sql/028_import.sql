-- Measures as a table: in, from what people have kept in a spreadsheet, by the same rules as one measure; and out. What is wrong with a measure
-- is said of its field, and an area or a category is one of the present picture's.

-- ---- what is wrong with a measure, in words ----

-- rule: what was broken; a field that is missing breaks the rule of its length.
CREATE FUNCTION lagesbild_desk.measure_refused(broken text, missing text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	SELECT * INTO r FROM (VALUES
		('measure_title_check', 'title', 'Rubriken behövs och har högst 200 tecken', '1 to 200 characters'),
		('measure_problem_check', 'problem', 'Problemet behövs och har högst 4000 tecken', '1 to 4000 characters'),
		('measure_kind_check', 'kind', 'Typen är situationell eller social', 'situational or social'),
		('measure_owner_fkey', 'owner', 'Ägaren finns inte bland aktörerna', 'a code of GET /api/v1/actors'),
		('measure_perspective_check', 'perspective', 'Perspektivet är situation, brottsoffer eller gärningsperson', 'situation, victim or offender'),
		('measure_place_check', 'place', 'Platsen har högst 200 tecken', 'at most 200 characters'),
		('measure_cause_check', 'cause', 'Orsaken har högst 4000 tecken', 'at most 4000 characters'),
		('measure_expected_check', 'expected', 'Väntad effekt har högst 4000 tecken', 'at most 4000 characters'),
		('measure_result_check', 'result', 'Resultatet har högst 4000 tecken', 'at most 4000 characters'),
		('measure_notes_check', 'notes', 'Anteckningarna har högst 10000 tecken', 'at most 10000 characters'),
		('measure_public_text_check', 'public_text', 'Den offentliga texten har högst 2000 tecken', 'at most 2000 characters'),
		('measure_state_check', 'state', 'Läget finns inte', 'proposed, decided, ongoing, done, followed-up or dropped'),
		('measure_meeting_fkey', 'meeting', 'Mötet finns inte', 'a meeting''s id'),
		('measure_check', 'ends', 'Slutet ligger före början', 'not before starts'),
		('measure_check1', 'depends_on', 'Högst 20 andra åtgärder länkas', 'at most 20, not itself'),
		('measure_check2', 'same_problem', 'Högst 20 andra åtgärder länkas', 'at most 20, not itself'),
		('measure_check3', 'follow_up', 'En beslutad åtgärd behöver en dag för uppföljning', 'needed from decided on'),
		('measure_check4', 'result', 'En uppföljd åtgärd behöver ett resultat', 'needed when followed-up'),
		('measure_check5', 'public_text', 'En offentlig åtgärd behöver en text för allmänheten', 'needed when public')) AS t(rule, field, sv, en)
	WHERE t.rule = broken OR broken = '' AND t.field = missing LIMIT 1;
	PERFORM lagesbild_store.problem(400, coalesce(r.sv, 'Ett fält saknas eller har fel form'), coalesce(r.field || ': ' || r.en, 'a field is missing or malformed'));
END $$;

-- ---- areas and categories are the present picture's ----

CREATE FUNCTION lagesbild_desk.refuse_area(code text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF code IS NOT NULL AND NOT EXISTS (SELECT FROM lagesbild_store.area a JOIN lagesbild_store.build_current c ON c.build = a.build
		WHERE a.code = refuse_area.code AND a.kind <> 'place') THEN
		PERFORM lagesbild_store.problem(400, 'Området finns inte', 'area: a code of GET /api/v1/areas');
	END IF;
END $$;

CREATE FUNCTION lagesbild_desk.refuse_category(code text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF code IS NOT NULL AND NOT EXISTS (SELECT FROM lagesbild_store.category g JOIN lagesbild_store.build_current c ON c.build = g.build
		WHERE g.code = refuse_category.code) THEN
		PERFORM lagesbild_store.problem(400, 'Kategorin finns inte', 'category: a code of GET /api/v1/categories');
	END IF;
END $$;

-- What stood there before the pack changed may stay.
CREATE FUNCTION lagesbild_desk.area_known() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	old jsonb := CASE TG_TABLE_NAME WHEN 'event' THEN (SELECT to_jsonb(e) FROM lagesbild_desk.event e WHERE to_jsonb(e.id) = to_jsonb(NEW) -> 'id')
		ELSE (SELECT to_jsonb(p) FROM lagesbild_desk.priority p WHERE p.area = NEW.area) END;
BEGIN
	IF NEW.area IS DISTINCT FROM old ->> 'area' THEN
		PERFORM lagesbild_desk.refuse_area(NEW.area);
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER area_known BEFORE INSERT OR UPDATE ON lagesbild_desk.event FOR EACH ROW EXECUTE FUNCTION lagesbild_desk.area_known();
CREATE TRIGGER area_known BEFORE INSERT OR UPDATE ON lagesbild_desk.priority FOR EACH ROW EXECUTE FUNCTION lagesbild_desk.area_known();

-- As in 023_measures.sql, with the field that is wrong.
CREATE OR REPLACE FUNCTION lagesbild_desk.measure_put(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	old lagesbild_desk.measure;
	m lagesbild_desk.measure;
	broken text;
	missing text;
BEGIN
	IF arguments ? 'id' THEN
		SELECT * INTO old FROM lagesbild_desk.measure k WHERE k.id = lagesbild_desk.id_of(arguments) FOR UPDATE;
		IF NOT FOUND THEN
			PERFORM lagesbild_store.problem(404, 'Åtgärden finns inte', 'id');
		END IF;
		PERFORM lagesbild_desk.same_version('measure', old.id::text, old.version, body);
	END IF;
	m := lagesbild_desk.merged(old, body, '{title,problem,category,area,place,cause,perspective,kind,owner,starts,ends,expected,follow_up,result,notes,state,
		meeting,public,public_text,depends_on,same_problem}');
	m.id := coalesce(old.id, nextval('lagesbild_desk.measure_id_seq'));
	m.state := coalesce(m.state, 'proposed');
	m.public := coalesce(m.public, false);
	m.depends_on := coalesce(m.depends_on, '{}');
	m.same_problem := coalesce(m.same_problem, '{}');
	m.version := coalesce(old.version, 0) + 1;
	PERFORM lagesbild_desk.measure_check(who, old, m);
	PERFORM lagesbild_desk.refuse_area(m.area) WHERE m.area IS DISTINCT FROM old.area;
	PERFORM lagesbild_desk.refuse_category(m.category) WHERE m.category IS DISTINCT FROM old.category;
	IF old.id IS NOT NULL THEN
		DELETE FROM lagesbild_desk.measure k WHERE k.id = m.id; -- nothing refers to a row, and a list of all columns would be forgotten
	END IF;
	INSERT INTO lagesbild_desk.measure SELECT m.*;
	PERFORM lagesbild_desk.changed(who, 'measure', m.id::text, to_jsonb(old), to_jsonb(m));
	status := CASE WHEN old.id IS NULL THEN 201 ELSE 200 END;
	answer := lagesbild_desk.measure_json(m);
EXCEPTION WHEN integrity_constraint_violation THEN
	GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME, missing = COLUMN_NAME;
	PERFORM lagesbild_desk.measure_refused(broken, missing);
END $$;

-- ---- in ----

-- A code by itself or by a word that people write for it; null: neither.
CREATE FUNCTION lagesbild_desk.import_code(field text, said text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT v.code FROM (
		SELECT * FROM (VALUES ('kind', 'situational', 'situationell'), ('kind', 'social', 'social'),
			('perspective', 'situation', 'plats'), ('perspective', 'victim', 'brottsoffer'), ('perspective', 'victim', 'offer'),
			('perspective', 'offender', 'gärningsperson'), ('perspective', 'offender', 'gärningsman'),
			('state', 'proposed', 'föreslagen'), ('state', 'decided', 'beslutad'), ('state', 'ongoing', 'pågår'), ('state', 'ongoing', 'pågående'),
			('state', 'done', 'klar'), ('state', 'done', 'genomförd'), ('state', 'followed-up', 'uppföljd'), ('state', 'dropped', 'struken'),
			('state', 'dropped', 'avbruten'),
			('public', 'true', 'ja'), ('public', 'true', 'yes'), ('public', 'true', 'sant'), ('public', 'true', '1'),
			('public', 'false', 'nej'), ('public', 'false', 'no'), ('public', 'false', 'falskt'), ('public', 'false', '0')) AS w(field, code, word)
		UNION ALL SELECT 'owner', a.code, lower(w) FROM lagesbild_desk.actor a, unnest(ARRAY[a.sv, a.en]) w
		UNION ALL SELECT 'category', g.code, lower(w) FROM lagesbild_store.category g JOIN lagesbild_store.build_current c ON c.build = g.build,
			unnest(ARRAY[g.sv, g.en]) w
		UNION ALL SELECT 'area', a.code, lower(a.name) FROM lagesbild_store.area a JOIN lagesbild_store.build_current c ON c.build = a.build
			JOIN lagesbild_store.build b ON b.id = c.build WHERE a.kind <> 'place' AND a.municipality = b.municipality) AS v(field, code, word)
	WHERE v.field = import_code.field AND lower(said) IN (v.word, lower(v.code)) ORDER BY lower(said) <> lower(v.code), length(v.code), v.code LIMIT 1
$$;

-- A field's text as measure_put takes it; null: it cannot be read.
CREATE FUNCTION lagesbild_desk.import_value(field text, said text) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE
		WHEN field IN ('kind', 'perspective', 'state', 'owner', 'category', 'area') THEN to_jsonb(lagesbild_desk.import_code(field, said))
		WHEN field = 'public' THEN to_jsonb(lagesbild_desk.import_code(field, said)::boolean)
		WHEN field IN ('starts', 'ends', 'follow_up') THEN CASE WHEN said ~ '^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$' THEN to_jsonb(said::date) END
		WHEN field = 'meeting' THEN CASE WHEN said ~ '^[0-9]{1,15}$' THEN to_jsonb(said::bigint) END
		WHEN field IN ('depends_on', 'same_problem') THEN
			CASE WHEN said ~ '^[0-9]{1,15}([ ,]+[0-9]{1,15})*$' THEN to_jsonb(regexp_split_to_array(said, '[ ,]+')::bigint[]) END
		-- What the export keeps a spreadsheet from running (services/api/table.h) comes back as it was.
		ELSE to_jsonb(regexp_replace(said, '^''([=+@\t\r-])', '\1')) END;
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END $$;

-- One row as a body, or the field that is wrong (null: the row as a whole) and what people are told. Empty fields are left out, and so is what an
-- export tells of the measure that was there.
CREATE FUNCTION lagesbild_desk.import_read(given jsonb, OUT body jsonb, OUT field text, OUT trouble text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	known constant text[] := '{title,problem,category,area,place,cause,perspective,kind,owner,starts,ends,expected,follow_up,result,notes,state,meeting,
		public,public_text,depends_on,same_problem}';
	said text;
	value jsonb;
BEGIN
	body := '{}';
	IF jsonb_typeof(given) <> 'object' THEN
		trouble := 'Raden kan inte läsas';
		RETURN;
	END IF;
	FOR field, said IN SELECT e.key, btrim(e.value, E' \t\r\n') FROM jsonb_each_text(given) e WHERE e.key NOT IN ('id', 'version', 'overdue', 'days_late')
			ORDER BY array_position(known, e.key) LOOP
		CONTINUE WHEN said IS NULL OR said = '';
		value := CASE WHEN field = ANY (known) THEN lagesbild_desk.import_value(field, said) END;
		IF lagesbild_desk.is_personal(said) THEN
			trouble := 'Texten ser ut att innehålla personuppgifter (personnummer, telefon eller e-post)';
		ELSIF field <> ALL (known) THEN
			trouble := 'En kolumn är okänd';
		ELSIF value IS NULL THEN
			trouble := CASE WHEN field IN ('starts', 'ends', 'follow_up') THEN 'Datum skrivs 2026-04-01' WHEN field = 'public' THEN 'Skriv ja eller nej'
				WHEN field = 'owner' THEN 'Ägaren finns inte bland aktörerna' WHEN field = 'area' THEN 'Området finns inte' WHEN field = 'category' THEN 'Kategorin finns inte'
				WHEN field = 'kind' THEN 'Typen är situationell eller social' WHEN field = 'meeting' THEN 'Mötet anges med sitt nummer'
				WHEN field = 'perspective' THEN 'Perspektivet är situation, brottsoffer eller gärningsperson'
				WHEN field = 'state' THEN 'Läget är föreslagen, beslutad, pågår, klar, uppföljd eller struken'
				ELSE 'Åtgärder länkas med sina nummer' END;
		END IF;
		IF trouble IS NOT NULL THEN
			field := CASE WHEN field = ANY (known) THEN field END;
			RETURN;
		END IF;
		body := body || jsonb_build_object(field, value);
	END LOOP;
	field := NULL;
END $$;

-- One row becomes one measure, and goes the way to its state that a person would have taken it.
CREATE FUNCTION lagesbild_desk.import_row(who bigint, given jsonb, OUT title text, OUT field text, OUT trouble text) LANGUAGE plpgsql AS $$
DECLARE
	r record;
	made jsonb;
	step text;
	code text;
	detail text;
BEGIN
	SELECT * INTO r FROM lagesbild_desk.import_read(given);
	field := r.field;
	trouble := r.trouble;
	IF trouble IS NOT NULL THEN
		RETURN;
	END IF;
	made := (SELECT p.answer FROM lagesbild_desk.measure_put(who, '{}', r.body - 'state') p);
	FOREACH step IN ARRAY CASE r.body ->> 'state' WHEN 'decided' THEN ARRAY['decided'] WHEN 'ongoing' THEN ARRAY['decided', 'ongoing']
			WHEN 'done' THEN ARRAY['decided', 'ongoing', 'done'] WHEN 'followed-up' THEN ARRAY['decided', 'ongoing', 'done', 'followed-up']
			WHEN 'dropped' THEN ARRAY['dropped'] ELSE '{}' END LOOP
		made := (SELECT p.answer FROM lagesbild_desk.measure_put(who, jsonb_build_object('id', made ->> 'id'),
			jsonb_build_object('version', made -> 'version', 'state', step)) p);
	END LOOP;
	title := made ->> 'title';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
	IF code NOT LIKE 'LB4%' THEN
		RAISE;
	END IF;
	field := nullif(substring(detail FROM '^([a-z_]+)[,:]'), 'body');
	trouble := SQLERRM;
END $$;

-- All rows or none.
CREATE FUNCTION lagesbild_desk.measures_import(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	r record;
	told jsonb[] := '{}';
	bad integer := 0;
	imported integer;
BEGIN
	IF jsonb_typeof(body) IS DISTINCT FROM 'object' OR jsonb_typeof(body -> 'rows') IS DISTINCT FROM 'array'
			OR jsonb_typeof(body -> 'dry_run') IS DISTINCT FROM 'boolean' OR body - '{rows,dry_run}'::text[] <> '{}' THEN
		PERFORM lagesbild_store.problem(400, 'Fälten stämmer inte', 'body: rows, a list of objects; dry_run, true or false');
	ELSIF jsonb_array_length(body -> 'rows') NOT BETWEEN 1 AND 500 THEN
		PERFORM lagesbild_store.problem(400, 'Mellan en och 500 rader tas emot åt gången', 'rows: 1 to 500');
	END IF;
	BEGIN
		FOR r IN SELECT e.n, i.* FROM jsonb_array_elements(body -> 'rows') WITH ORDINALITY AS e(given, n)
				CROSS JOIN LATERAL lagesbild_desk.import_row(who, e.given) i ORDER BY e.n LOOP
			bad := bad + (r.trouble IS NOT NULL)::integer;
			told := told || CASE WHEN r.trouble IS NULL THEN jsonb_build_object('row', r.n, 'ok', true, 'title', r.title)
				ELSE jsonb_build_object('row', r.n, 'ok', false, 'field', r.field, 'text', r.trouble) END;
		END LOOP;
		imported := cardinality(told);
		IF bad > 0 OR (body -> 'dry_run')::boolean THEN
			RAISE EXCEPTION USING ERRCODE = 'LB000';
		END IF;
		PERFORM lagesbild_desk.note(who, 'measures imported', NULL, jsonb_build_object('rows', imported));
	EXCEPTION WHEN SQLSTATE 'LB000' THEN
		imported := 0;
	END;
	status := 200;
	answer := jsonb_build_object('rows', to_jsonb(told), 'good', cardinality(told) - bad, 'bad', bad, 'imported', imported);
END $$;

-- ---- out ----

-- The same measures as measures_get, in columns.
CREATE FUNCTION lagesbild_desk.measures_table(who bigint, arguments jsonb, body jsonb)
RETURNS TABLE (id bigint, title text, problem text, category text, area text, place text, cause text, perspective text, kind text, owner text, starts text,
	ends text, expected text, follow_up text, result text, notes text, state text, meeting bigint, public boolean, public_text text, depends_on text,
	same_problem text, overdue boolean, version integer) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT m.id, m.title, m.problem, m.category, m.area, m.place, m.cause, m.perspective, m.kind, m.owner, m.starts::text, m.ends::text, m.expected,
		m.follow_up::text, m.result, m.notes, m.state, m.meeting, m.public, m.public_text, array_to_string(m.depends_on, ' '),
		array_to_string(m.same_problem, ' '), (e.j -> 'overdue')::boolean, m.version
	FROM lagesbild_desk.measures_get(who, arguments, body) AS g, jsonb_array_elements(g.answer -> 'rows') WITH ORDINALITY AS e(j, n)
	JOIN lagesbild_desk.measure m ON m.id = (e.j -> 'id')::bigint ORDER BY e.n
$$;

GRANT EXECUTE ON FUNCTION lagesbild_desk.measures_import(bigint, jsonb, jsonb), lagesbild_desk.measures_table(bigint, jsonb, jsonb) TO lagesbild_desk;
