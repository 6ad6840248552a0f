-- What the council's groups write about the picture: texts of a period, coming events, and meetings. Every sheet has a version; a change that
-- was made from an older one is refused (409), nothing is overwritten, and every change is kept.

-- ---- shared by all sheets ----

-- What looks like an identity number, a telephone number or an address for mail; dates are taken out first, they are made of digits too.
CREATE FUNCTION lagesbild_desk.is_personal(said text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT d ~ '(^|[^0-9])([0-9]{2})?[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01]|[6-8][0-9]|9[01])[-+ ]?[0-9]{4}([^0-9]|$)'
		OR d ~ '(^|[^0-9])([+]46|0046|0)[ -]?([(]0[)])?[1-9]([ /-]?[0-9]){6,9}([^0-9]|$)'
		OR d ~ '[^[:space:]@]@[^[:space:]@]+[.][[:alpha:]]{2}'
	FROM regexp_replace(said, '(^|[^0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![-+ ]?[0-9]{4}([^0-9-]|$))', '\1 D ', 'g') AS d
$$;

-- Refuses a body with such a text anywhere in it, also as a number or a field's name.
CREATE FUNCTION lagesbild_desk.refuse_personal(body jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM jsonb_path_query(body, 'strict $.** ? (@.type() == "string" || @.type() == "number")') AS v
			WHERE lagesbild_desk.is_personal(v #>> '{}'))
		OR EXISTS (SELECT FROM jsonb_path_query(body, 'strict $.** ? (@.type() == "object").keyvalue().key') AS k WHERE lagesbild_desk.is_personal(k #>> '{}')) THEN
		PERFORM lagesbild_store.problem(400, 'Texten ser ut att innehålla personuppgifter (personnummer, telefon eller e-post)', 'personal-data');
	END IF;
END $$;

-- A row with the fields of a body in place of its own.
CREATE FUNCTION lagesbild_desk.merged(sheet anyelement, body jsonb, editable text[]) RETURNS anyelement LANGUAGE plpgsql AS $$
BEGIN
	IF body IS NULL OR jsonb_typeof(body) <> 'object' OR EXISTS (SELECT FROM jsonb_object_keys(body) k WHERE k <> 'version' AND k <> ALL (editable)) THEN
		PERFORM lagesbild_store.problem(400, 'Fälten stämmer inte', 'body: an object of ' || array_to_string(editable, ', '));
	END IF;
	PERFORM lagesbild_desk.refuse_personal(body);
	RETURN jsonb_populate_record(sheet, body - 'version');
EXCEPTION WHEN data_exception THEN
	PERFORM lagesbild_store.problem(400, 'Ett fält har fel form', 'body: a date, a number or a list is malformed');
END $$;

-- What was changed on a sheet: only added to.
CREATE TABLE lagesbild_desk.change (
	n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT now(),
	account bigint NOT NULL REFERENCES lagesbild_desk.account,
	kind text NOT NULL,
	object text NOT NULL,
	version integer NOT NULL,
	old jsonb NOT NULL,
	new jsonb NOT NULL
);
CREATE INDEX ON lagesbild_desk.change (kind, object, n);
CREATE TRIGGER told AFTER INSERT ON lagesbild_desk.change FOR EACH STATEMENT EXECUTE FUNCTION lagesbild_desk.told();

-- Keeps the fields that differ, and notes their names.
CREATE FUNCTION lagesbild_desk.changed(who bigint, kind text, object text, old jsonb, new jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	keys text[] := ARRAY(SELECT k FROM jsonb_object_keys(new) k WHERE k <> 'version' AND new -> k IS DISTINCT FROM coalesce(old -> k, 'null'));
BEGIN
	INSERT INTO lagesbild_desk.change (account, kind, object, version, old, new)
	SELECT who, kind, object, (new ->> 'version')::integer, coalesce(jsonb_object_agg(k, coalesce(old -> k, 'null')), '{}'),
		coalesce(jsonb_object_agg(k, new -> k), '{}') FROM unnest(keys) k;
	PERFORM lagesbild_desk.note(who, kind || ' changed', object, jsonb_build_object('fields', to_jsonb(keys)));
END $$;

CREATE FUNCTION lagesbild_desk.history(of_kind text, of_object text) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('at', c.at, 'who', a.display, 'version', c.version, 'old', c.old, 'new', c.new) ORDER BY c.n DESC), '[]')
	FROM lagesbild_desk.change c JOIN lagesbild_desk.account a ON a.id = c.account WHERE c.kind = of_kind AND c.object = of_object
$$;

-- Refuses a change that was made from another version than the present one: says who came first, and when.
CREATE FUNCTION lagesbild_desk.same_version(of_kind text, of_object text, present integer, body jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	last record;
BEGIN
	IF body ->> 'version' IS NOT DISTINCT FROM present::text THEN
		RETURN;
	END IF;
	SELECT a.display, to_char(c.at AT TIME ZONE 'Europe/Stockholm', 'YYYY-MM-DD HH24:MI') AS at INTO last FROM lagesbild_desk.change c
	JOIN lagesbild_desk.account a ON a.id = c.account WHERE c.kind = of_kind AND c.object = of_object ORDER BY c.n DESC LIMIT 1;
	PERFORM lagesbild_store.problem(409, format('%s sparade en nyare version %s. Inget har skrivits över.', coalesce(last.display, 'Någon'), last.at),
		'version: ' || present);
END $$;

-- The number in an address.
CREATE FUNCTION lagesbild_desk.id_of(arguments jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	IF arguments ->> 'id' !~ '^[0-9]{1,15}$' THEN
		PERFORM lagesbild_store.problem(404, 'Finns inte', 'id: a number');
	END IF;
	RETURN (arguments ->> 'id')::bigint;
END $$;

CREATE FUNCTION lagesbild_desk.has_role(who bigint, role text) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM lagesbild_desk.account a WHERE a.id = who AND role = ANY (a.roles))
$$;

-- ---- texts of a period ----

CREATE TABLE lagesbild_desk.text_sheet (
	period text NOT NULL CHECK (length(period) <= 20),
	area text NOT NULL CHECK (area ~ '^[[:alnum:]._-]{1,40}$'),
	sections jsonb NOT NULL CHECK (jsonb_typeof(sections) = 'object' AND length(sections::text) <= 60000
		AND NOT jsonb_path_exists(sections, '$.* ? (@.type() != "string")')),
	version integer NOT NULL,
	PRIMARY KEY (period, area)
);

CREATE FUNCTION lagesbild_desk.text_row(arguments jsonb) RETURNS lagesbild_desk.text_sheet LANGUAGE plpgsql AS $$
DECLARE
	of_area text := coalesce(arguments ->> 'area', (SELECT b.municipality FROM lagesbild_store.build_current c JOIN lagesbild_store.build b ON b.id = c.build));
	r lagesbild_desk.text_sheet;
BEGIN
	PERFORM lagesbild_store.period_span(arguments ->> 'period');
	SELECT * INTO r FROM lagesbild_desk.text_sheet t WHERE t.period = arguments ->> 'period' AND t.area = of_area;
	IF NOT FOUND THEN
		r := (arguments ->> 'period', of_area, '{}', 0);
	END IF;
	RETURN r;
END $$;

CREATE FUNCTION lagesbild_desk.text_get(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	r lagesbild_desk.text_sheet := lagesbild_desk.text_row(arguments);
BEGIN
	status := 200;
	answer := to_jsonb(r) || jsonb_build_object('history', lagesbild_desk.history('text', r.period || ' ' || r.area));
END $$;

-- Sections that are not given stay as they are.
CREATE FUNCTION lagesbild_desk.text_put(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	old lagesbild_desk.text_sheet;
	r lagesbild_desk.text_sheet;
BEGIN
	PERFORM pg_advisory_xact_lock(1882, 21); -- two may write the first text at once
	old := lagesbild_desk.text_row(arguments);
	r := lagesbild_desk.merged(old, body, '{sections}');
	PERFORM lagesbild_desk.same_version('text', r.period || ' ' || r.area, old.version, body);
	r.sections := old.sections || r.sections;
	r.version := old.version + 1;
	INSERT INTO lagesbild_desk.text_sheet SELECT r.*
	ON CONFLICT (period, area) DO UPDATE SET sections = excluded.sections, version = excluded.version;
	PERFORM lagesbild_desk.changed(who, 'text', r.period || ' ' || r.area, to_jsonb(old), to_jsonb(r));
	status := 200;
	answer := to_jsonb(r);
EXCEPTION WHEN integrity_constraint_violation THEN
	PERFORM lagesbild_store.problem(400, 'Texten eller området har fel form', 'sections: texts by section');
END $$;

-- ---- events that are known beforehand ----

CREATE TABLE lagesbild_desk.event (
	id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
	area text CHECK (area ~ '^[[:alnum:]._-]{1,40}$'),
	place text CHECK (length(place) <= 200),
	starts date NOT NULL,
	ends date NOT NULL CHECK (ends >= starts),
	state text NOT NULL CHECK (state IN ('planned', 'cancelled')),
	version integer NOT NULL
);

-- Those of the coming 60 days after from (today).
CREATE FUNCTION lagesbild_desk.events_get(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	first date;
BEGIN
	first := coalesce((arguments ->> 'from')::date, current_date);
	SELECT 200, jsonb_build_object('rows', coalesce(jsonb_agg(to_jsonb(e) ORDER BY e.starts, e.id), '[]')) INTO status, answer
	FROM lagesbild_desk.event e WHERE e.ends >= first AND e.starts <= first + 60;
EXCEPTION WHEN data_exception THEN
	PERFORM lagesbild_store.problem(400, 'Datumet är fel', 'from: 2026-04-01');
END $$;

-- Makes one (no id in the address) or changes it.
CREATE FUNCTION lagesbild_desk.event_put(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	old lagesbild_desk.event;
	r lagesbild_desk.event;
BEGIN
	IF arguments ? 'id' THEN
		SELECT * INTO old FROM lagesbild_desk.event e WHERE e.id = lagesbild_desk.id_of(arguments) FOR UPDATE;
		IF NOT FOUND THEN
			PERFORM lagesbild_store.problem(404, 'Händelsen finns inte', 'id');
		END IF;
		PERFORM lagesbild_desk.same_version('event', old.id::text, old.version, body);
	END IF;
	r := lagesbild_desk.merged(old, body, '{title,area,place,starts,ends,state}');
	r.id := coalesce(old.id, nextval('lagesbild_desk.event_id_seq'));
	r.ends := coalesce(r.ends, r.starts);
	r.state := coalesce(r.state, 'planned');
	r.version := coalesce(old.version, 0) + 1;
	INSERT INTO lagesbild_desk.event SELECT r.* ON CONFLICT (id) DO UPDATE SET title = r.title, area = r.area, place = r.place, starts = r.starts,
		ends = r.ends, state = r.state, version = r.version;
	PERFORM lagesbild_desk.changed(who, 'event', r.id::text, to_jsonb(old), to_jsonb(r));
	status := CASE WHEN old.id IS NULL THEN 201 ELSE 200 END;
	answer := to_jsonb(r);
EXCEPTION WHEN integrity_constraint_violation THEN
	PERFORM lagesbild_store.problem(400, 'Ett fält saknas eller har fel form', 'title, starts, ends (not before starts)');
END $$;

-- ---- meetings ----

-- participants are functions ("polisens områdespolis"), not persons. decisions: a list of texts.
CREATE TABLE lagesbild_desk.meeting (
	id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	grp text NOT NULL CHECK (grp IN ('steering', 'operational')),
	day date NOT NULL CHECK (day BETWEEN '2000-01-01' AND '2100-01-01'),
	starts time NOT NULL,
	minutes_long integer NOT NULL CHECK (minutes_long BETWEEN 5 AND 600),
	place text CHECK (length(place) <= 200),
	state text NOT NULL CHECK (state IN ('planned', 'held', 'cancelled')),
	agenda text[] NOT NULL CHECK (cardinality(agenda) <= 50 AND length(agenda::text) <= 10000),
	participants text[] NOT NULL CHECK (cardinality(participants) <= 50 AND length(participants::text) <= 5000),
	decisions text[] NOT NULL CHECK (cardinality(decisions) <= 100 AND length(decisions::text) <= 20000),
	minutes text CHECK (length(minutes) <= 50000),
	version integer NOT NULL
);
CREATE INDEX ON lagesbild_desk.meeting (grp, day);

-- The period from a first month until (not with) another.
CREATE FUNCTION lagesbild_desk.span_text(first date, until date) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN first >= until THEN NULL WHEN first = last THEN to_char(first, 'YYYY-MM') ELSE to_char(first, 'YYYY-MM/') || to_char(last, 'YYYY-MM') END
	FROM (SELECT (until - interval '1 month')::date AS last) AS s
$$;

-- A meeting's picture: the whole months since those of the group's previous meeting, up to the last one before it; nothing where two meetings
-- fall in one month. A group's first meeting takes the month before it. last_year: the same months a year before.
CREATE FUNCTION lagesbild_desk.meeting_json(m lagesbild_desk.meeting) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT to_jsonb(m) || jsonb_build_object('span', lagesbild_desk.span_text(first, until),
		'last_year', lagesbild_desk.span_text((first - interval '1 year')::date, (until - interval '1 year')::date))
	FROM (SELECT date_trunc('month', m.day)::date AS until, coalesce((SELECT max(date_trunc('month', p.day))::date FROM lagesbild_desk.meeting p
		WHERE p.grp = m.grp AND p.state <> 'cancelled' AND p.id <> m.id AND (p.day, p.id) < (m.day, m.id)),
		(date_trunc('month', m.day) - interval '1 month')::date) AS first) AS s
$$;

-- A group's meetings are for the group, and for the coordinator.
CREATE FUNCTION lagesbild_desk.sees_group(who bigint, grp text) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM lagesbild_desk.account a WHERE a.id = who AND (grp = ANY (a.groups) OR 'coordinator' = ANY (a.roles)))
$$;

CREATE FUNCTION lagesbild_desk.meetings_get(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF arguments ->> 'year' !~ '^20[0-9]{2}$' THEN
		PERFORM lagesbild_store.problem(400, 'Året är fel', 'year: 2026');
	END IF;
	SELECT 200, jsonb_build_object('rows', coalesce(jsonb_agg(lagesbild_desk.meeting_json(m) ORDER BY m.day, m.starts, m.id), '[]')) INTO status, answer
	FROM lagesbild_desk.meeting m WHERE lagesbild_desk.sees_group(who, m.grp)
		AND extract(year FROM m.day) = coalesce((arguments ->> 'year')::integer, extract(year FROM m.day));
END $$;

CREATE FUNCTION lagesbild_desk.meeting_get(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	m lagesbild_desk.meeting;
BEGIN
	SELECT * INTO m FROM lagesbild_desk.meeting k WHERE k.id = lagesbild_desk.id_of(arguments) AND lagesbild_desk.sees_group(who, k.grp);
	IF NOT FOUND THEN
		PERFORM lagesbild_store.problem(404, 'Mötet finns inte', 'id');
	END IF;
	status := 200;
	answer := lagesbild_desk.meeting_json(m) || jsonb_build_object('history', lagesbild_desk.history('meeting', m.id::text));
END $$;

CREATE FUNCTION lagesbild_desk.meeting_save(who bigint, old lagesbild_desk.meeting, m lagesbild_desk.meeting) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO lagesbild_desk.meeting SELECT m.* ON CONFLICT (id) DO UPDATE SET grp = m.grp, day = m.day, starts = m.starts, minutes_long = m.minutes_long,
		place = m.place, state = m.state, agenda = m.agenda, participants = m.participants, decisions = m.decisions, minutes = m.minutes, version = m.version;
	PERFORM lagesbild_desk.changed(who, 'meeting', m.id::text, to_jsonb(old), to_jsonb(m));
END $$;

-- A new one, planned, with the agenda that every meeting begins from.
CREATE FUNCTION lagesbild_desk.meeting_new(grp text, day date) RETURNS lagesbild_desk.meeting LANGUAGE sql AS $$
	SELECT (nextval('lagesbild_desk.meeting_id_seq'), grp, day, CASE grp WHEN 'steering' THEN time '13:00' ELSE time '09:00' END, 60, NULL, 'planned',
		ARRAY['Lägesbild', 'Polisens lägesbild', 'Uppföljning av åtgärder', 'Nya åtgärder', 'Kommande händelser'], '{}'::text[], '{}'::text[], NULL,
		1)::lagesbild_desk.meeting
$$;

-- Makes one (no id in the address) or changes it; one that was held or cancelled does not become planned again.
CREATE FUNCTION lagesbild_desk.meeting_put(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	old lagesbild_desk.meeting;
	m lagesbild_desk.meeting;
BEGIN
	IF arguments ? 'id' THEN
		SELECT * INTO old FROM lagesbild_desk.meeting k WHERE k.id = lagesbild_desk.id_of(arguments) FOR UPDATE;
		IF NOT FOUND THEN
			PERFORM lagesbild_store.problem(404, 'Mötet finns inte', 'id');
		END IF;
		PERFORM lagesbild_desk.same_version('meeting', old.id::text, old.version, body);
	END IF;
	m := lagesbild_desk.merged(CASE WHEN old.id IS NULL THEN lagesbild_desk.meeting_new(NULL, NULL) ELSE old END, body,
		'{grp,day,starts,minutes_long,place,state,agenda,participants,decisions,minutes}');
	m.starts := coalesce(m.starts, '09:00');
	m.version := coalesce(old.version, 0) + 1;
	IF old.state <> 'planned' AND m.state = 'planned' THEN
		PERFORM lagesbild_store.problem(400, 'Mötet kan inte bli planerat igen', 'state');
	END IF;
	PERFORM lagesbild_desk.meeting_save(who, old, m);
	status := CASE WHEN old.id IS NULL THEN 201 ELSE 200 END;
	answer := lagesbild_desk.meeting_json(m);
EXCEPTION WHEN integrity_constraint_violation THEN
	PERFORM lagesbild_store.problem(400, 'Ett fält saknas eller har fel form', 'grp, day, starts, minutes_long, state, agenda, participants, decisions');
END $$;

-- The first Tuesday of a month that is not a public holiday of a fixed date.
CREATE FUNCTION lagesbild_desk.meeting_day(year integer, month integer) RETURNS date LANGUAGE sql IMMUTABLE AS $$
	SELECT min(d)::date FROM generate_series(make_date(year, month, 1), make_date(year, month, 14), interval '1 day') AS d
	WHERE extract(isodow FROM d) = 2 AND to_char(d, 'MM-DD') NOT IN ('01-01', '01-06', '05-01', '06-06')
$$;

-- Proposes a year: the steering group six times, the operational one ten, with a gap in summer. A month that has a meeting of the group (also a
-- cancelled one) is left alone, so a second call changes nothing.
CREATE FUNCTION lagesbild_desk.meetings_year(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	p record;
BEGIN
	IF arguments ->> 'year' !~ '^20[0-9]{2}$' THEN
		PERFORM lagesbild_store.problem(400, 'Året är fel', 'year: 2026');
	END IF;
	PERFORM pg_advisory_xact_lock(1882, 22);
	FOR p IN
		SELECT g.grp, lagesbild_desk.meeting_day((arguments ->> 'year')::integer, month) AS day
		FROM (VALUES ('steering', ARRAY[2, 4, 6, 9, 10, 12]), ('operational', ARRAY[1, 2, 3, 4, 5, 6, 9, 10, 11, 12])) AS g(grp, months), unnest(g.months) month
		ORDER BY day, g.grp
	LOOP
		IF NOT EXISTS (SELECT FROM lagesbild_desk.meeting m WHERE m.grp = p.grp AND date_trunc('month', m.day) = date_trunc('month', p.day)) THEN
			PERFORM lagesbild_desk.meeting_save(who, NULL, lagesbild_desk.meeting_new(p.grp, p.day));
		END IF;
	END LOOP;
	SELECT f.status, f.answer INTO status, answer FROM lagesbild_desk.meetings_get(who, arguments, NULL) f;
END $$;

GRANT EXECUTE ON FUNCTION lagesbild_desk.text_get(bigint, jsonb, jsonb), lagesbild_desk.text_put(bigint, jsonb, jsonb),
	lagesbild_desk.events_get(bigint, jsonb, jsonb), lagesbild_desk.event_put(bigint, jsonb, jsonb), lagesbild_desk.meetings_get(bigint, jsonb, jsonb),
	lagesbild_desk.meeting_get(bigint, jsonb, jsonb), lagesbild_desk.meeting_put(bigint, jsonb, jsonb), lagesbild_desk.meetings_year(bigint, jsonb, jsonb)
	TO lagesbild_desk;
