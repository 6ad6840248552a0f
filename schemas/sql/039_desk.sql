-- The desk: personal data in the spellings that telephones and word processors make by themselves, bodies that cannot keep the database busy, and
-- what is wrong said of its field.

-- ---- what a body may be ----

-- All bodies pass here before anything walks them: at most eight levels, and no number that is longer printed than written.
CREATE FUNCTION lagesbild_desk.body(said text) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	given jsonb;
BEGIN
	IF regexp_replace(said, '"([^"\\]|\\.)*"', '""', 'g') !~ '[0-9][eE]|[0-9.]{16}' THEN
		given := said::jsonb;
	END IF;
	IF given IS NULL AND said IS NOT NULL OR jsonb_path_exists(given, 'strict $.**{9}') THEN
		PERFORM lagesbild_store.problem(400, 'Fälten stämmer inte', 'body: at most 8 levels, and numbers of at most 15 digits');
	END IF;
	RETURN given;
EXCEPTION WHEN statement_too_complex THEN
	PERFORM lagesbild_store.problem(400, 'Fälten stämmer inte', 'body: at most 8 levels, and numbers of at most 15 digits');
END $$;
GRANT EXECUTE ON FUNCTION lagesbild_desk.body(text) TO lagesbild_desk;

-- ---- personal data ----

-- Without what no reader sees: control characters but newline and tab, and Unicode's format characters (soft hyphens, joiners, turns of direction).
CREATE FUNCTION lagesbild_desk.visible(said text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT regexp_replace(said, '[\u0001-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2\u180E\u200B-\u200F'
		'\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\U000110BD\U000110CD\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0001-\U000E007F]', '', 'g')
$$;

-- Digits, dashes and blanks of every script and program as ASCII has them.
CREATE FUNCTION lagesbild_desk.plain(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	p text := lagesbild_desk.visible(said);
	zero text;
BEGIN
	IF octet_length(p) > length(p) THEN
		p := regexp_replace(normalize(p, NFKC), '[\u034F\u115F\u1160\u20E3\uFE00-\uFE0F]', '', 'g'); -- keycaps and fillers
		IF p ~ '[\u0660-\u1C59\uA620-\uABF9]' THEN
			FOREACH zero IN ARRAY string_to_array('٠ ۰ ߀ ० ০ ੦ ૦ ୦ ௦ ౦ ೦ ൦ ෦ ๐ ໐ ༠ ၀ ႐ ០ ᠐ ᥆ ᧐ ᪀ ᪐ ᭐ ᮰ ᱀ ᱐ ꘠ ꣐ ꤀ ꧐ ꧰ ꩐ ꯰', ' ') LOOP
				p := translate(p, (SELECT string_agg(chr(ascii(zero) + d), '' ORDER BY d) FROM generate_series(0, 9) d), '0123456789');
			END LOOP;
		END IF;
		p := regexp_replace(p, '[\u02D7\u058A\u2010-\u2015\u2043\u2212\u2E3A\u2E3B\uFE58]', '-', 'g');
		p := translate(p, '⁄∕·•', '//..');
	END IF;
	RETURN regexp_replace(p, '[[:space:]\u1680\u2028\u2029]+', ' ', 'g');
END $$;

-- What looks like an identity number, a telephone number or an address for mail, however its groups are parted. Times, dates and sums of money are
-- taken out first: they are made of digits too.
CREATE OR REPLACE FUNCTION lagesbild_desk.is_personal(said text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	s constant text := '[ ./()-]{0,3}';
	before constant text := '(?<![0-9])(?<![0-9][.:,])';
	md constant text := '(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]|6[1-9]|[78][0-9]|9[01])';
	m_d constant text := replace(md, ')(', ')' || s || '(');
	hour constant text := '(?:[01]?[0-9]|2[0-4])';
	d text := lower(lagesbild_desk.plain(said));
BEGIN
	IF d ~ '[^ @] ?(?:@|[[({] ?(?:at|@|snabel-a) ?[])}]) ?[^ @]+(?:[.]|[[({](?:dot|punkt)[])}])[[:alpha:]]{2}' THEN
		RETURN true;
	ELSIF d !~ '(?:[0-9][^0-9]{0,6}){8}' THEN
		RETURN false;
	END IF;
	-- Not by what stands before: that is looked for from the beginning at each turn.
	d := regexp_replace(d, '(^|[^0-9])[1-9][0-9]{0,2}(?: ?[0-9]{3})* ?(?:kr|kronor|tkr|mkr|mnkr|sek)(?![[:alnum:]])', '\1 M ', 'g');
	d := regexp_replace(d, '(^|[^0-9.])' || hour || '[.:][0-5][0-9] ?- ?' || hour || '[.:][0-5][0-9](?![0-9]|[.:][0-9])', '\1 T ', 'g');
	d := regexp_replace(d, '((?:^|[^0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}|(?:^|[^0-9./-]|(?:^|[^0-9])[./-])[0-9]{1,2}[-/.][0-9]{1,2}[-/. ](?:19|20)[0-9]{2})'
		'(?![0-9]|[ ./()+-]{0,3}[0-9]{4}(?:[^0-9-]|$))', ' D ', 'g');
	RETURN d ~ (before || '(?:[0-9]{2})?[0-9]{2}' || md || '[ ./()+-]{0,3}[0-9]{4}(?![0-9])') -- 19850101-1234
		OR d ~ (before || '(?:18|19|20)[0-9]{2}' || s || m_d || '[ ./()+-]{0,3}[0-9]{4}(?![0-9])') -- 1985-01-01 1234
		OR d ~ (before || '(?<![0-9][-/])[0-9]{2}' || s || m_d || '[ ./()+-]{0,3}(?!(?:19|20)[0-9]{2})[0-9]{4}(?![0-9])') -- 85 01 01 1234; 06-07 2026 is a day
		-- a mobile telephone, parted anyhow; 07 08 09 10 11 are weeks
		OR d ~ (before || '(?!07[ -]0[89][ -])(?:0|46' || s || '(?:0' || s || ')?)' || s || '7' || s || '[02369](?:' || s || '[0-9]){7}(?![0-9:])')
		OR d ~ (before || '(?:[+]|00) ?(?=(?:' || s || '[0-9]){9})[1-9][0-9]{0,2}' || s || '(?:[(]0[)])?' || s
			|| '(?:[0-9]{7,12}|[0-9]{1,4}(?:[ ./()-]{1,3}(?!(?:19|20)[0-9]{2}(?![0-9]))[0-9]{2,8}){1,5})(?![0-9])') -- +47 912 34 567
		OR d ~ (before || '[(]?0(?:8|[1-9][0-9]{1,2})[)]?' || s
			|| '(?:[1-9][0-9]{4,7}|[1-9][0-9]{1,2}(?:(?: [0-9]{2,3}){2,3}|(?: ?- ?[0-9]{2,3}){2,3}|(?:[.][0-9]{2,3}){2,3})|[1-9][0-9]{2}[ .-][0-9]{2,3})(?![0-9])'); -- 019-12 34 56
END $$;

-- Refuses a body with such a text anywhere in it, also as a number or a field's name; says in which field.
CREATE OR REPLACE FUNCTION lagesbild_desk.refuse_personal(body jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	field text;
	value jsonb;
BEGIN
	FOR field, value IN SELECT e.key, e.value FROM jsonb_each(body) e LOOP
		IF lagesbild_desk.is_personal(field)
			OR EXISTS (SELECT FROM jsonb_path_query(value, 'strict $.** ? (@.type() == "string" || @.type() == "number")') AS v
				WHERE lagesbild_desk.is_personal(v #>> '{}'))
			OR EXISTS (SELECT FROM jsonb_path_query(value, 'strict $.** ? (@.type() == "object").keyvalue().key') AS k
				WHERE lagesbild_desk.is_personal(k #>> '{}')) THEN
			PERFORM lagesbild_store.problem(400, 'Texten ser ut att innehålla personuppgifter (personnummer, telefon eller e-post)',
				CASE WHEN field ~ '^[a-z_]+$' THEN field ELSE 'body' END || ': personal-data');
		END IF;
	END LOOP;
END $$;

-- ---- fields ----

-- A text as it is kept: what is seen of it; nothing where that is blanks alone.
CREATE FUNCTION lagesbild_desk.cleaned(said text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN v ~ '[^[:space:]\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u2800\u3000\u3164]' THEN v ELSE '' END FROM lagesbild_desk.visible(said) AS v
$$;

-- What is wrong with a date; null: nothing. PostgreSQL takes also today, infinity and 44 BC.
CREATE FUNCTION lagesbild_desk.date_trouble(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	trouble text;
BEGIN
	IF said IS NULL OR said !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN
		trouble := 'Datum skrivs 2026-04-01';
	ELSIF said::date NOT BETWEEN '2000-01-01' AND '2099-12-31' THEN
		trouble := 'Datumet ska ligga mellan 2000 och 2099';
	END IF;
	RETURN trouble;
EXCEPTION WHEN data_exception THEN
	trouble := 'Datumet finns inte';
	RETURN trouble;
END $$;

-- A body's fields as they are kept, by the types of their row's columns: texts are texts, lists of them too, and a date is one of our time.
CREATE FUNCTION lagesbild_desk.fields(of_row regtype, body jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
	f record;
	kept jsonb := body;
BEGIN
	FOR f IN SELECT e.key, e.value, a.atttypid::regtype AS type, jsonb_typeof(e.value) AS given FROM jsonb_each(body) e
			JOIN pg_type t ON t.oid = of_row JOIN pg_attribute a ON a.attrelid = t.typrelid AND a.attname = e.key
			WHERE e.value <> 'null' AND a.atttypid IN ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype, 'date'::regtype) LOOP
		IF f.type = 'text'::regtype AND f.given = 'string' THEN
			kept := kept || jsonb_build_object(f.key, lagesbild_desk.cleaned(f.value #>> '{}'));
		ELSIF f.type = 'text[]'::regtype AND f.given = 'array'
				AND NOT jsonb_path_exists(f.value, 'strict $[*] ? (@.type() != "string")', '{}', true) THEN
			kept := kept || jsonb_build_object(f.key, (SELECT coalesce(jsonb_agg(lagesbild_desk.cleaned(u.v) ORDER BY u.n), '[]')
				FROM jsonb_array_elements_text(f.value) WITH ORDINALITY AS u(v, n)));
		ELSIF f.type = 'date'::regtype AND lagesbild_desk.date_trouble(f.value #>> '{}') IS NOT NULL THEN
			PERFORM lagesbild_store.problem(400, lagesbild_desk.date_trouble(f.value #>> '{}'), f.key || ': YYYY-MM-DD, between 2000 and 2099');
		ELSIF f.type = 'jsonb'::regtype AND f.given = 'object' THEN
			kept := kept || jsonb_build_object(f.key, (SELECT coalesce(jsonb_object_agg(s.key,
				CASE WHEN jsonb_typeof(s.value) = 'string' THEN to_jsonb(lagesbild_desk.cleaned(s.value #>> '{}')) ELSE s.value END), '{}') FROM jsonb_each(f.value) s));
		ELSIF f.type IN ('text'::regtype, 'text[]'::regtype) THEN
			PERFORM lagesbild_store.problem(400, 'Ett fält har fel form', f.key || CASE WHEN f.type = 'text'::regtype THEN ': a text' ELSE ': a list of texts' END);
		END IF;
	END LOOP;
	RETURN kept;
END $$;

-- As in 022_meetings.sql, with fields as they are kept, and the name of the one that is malformed.
CREATE OR REPLACE FUNCTION lagesbild_desk.merged(sheet anyelement, body jsonb, editable text[]) RETURNS anyelement LANGUAGE plpgsql AS $$
DECLARE
	kept jsonb;
	field text;
BEGIN
	IF body IS NULL OR jsonb_typeof(body) <> 'object' OR EXISTS (SELECT FROM jsonb_object_keys(body) k WHERE k <> 'version' AND k <> ALL (editable)) THEN
		PERFORM lagesbild_store.problem(400, 'Fälten stämmer inte', 'body: an object of ' || array_to_string(editable, ', '));
	END IF;
	PERFORM lagesbild_desk.refuse_personal(body);
	kept := lagesbild_desk.fields(pg_typeof(sheet), body - 'version');
	BEGIN
		RETURN jsonb_populate_record(sheet, kept);
	EXCEPTION WHEN data_exception THEN
		NULL;
	END;
	FOR field IN SELECT k FROM jsonb_object_keys(kept) k LOOP
		PERFORM jsonb_populate_record(sheet, jsonb_build_object(field, kept -> field));
	END LOOP;
	RETURN NULL;
EXCEPTION WHEN data_exception THEN
	PERFORM lagesbild_store.problem(400, 'Ett fält har fel form', coalesce(field, 'body') || ': a date, a number or a list is malformed');
END $$;

-- As in 022_meetings.sql, with the field that is wrong.
CREATE OR REPLACE FUNCTION lagesbild_desk.event_put(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	old lagesbild_desk.event;
	r lagesbild_desk.event;
	broken text;
	missing text;
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
	IF r.ends < r.starts THEN
		PERFORM lagesbild_store.problem(400, 'Slutet ligger före början', 'ends: not before starts');
	END IF;
	INSERT INTO lagesbild_desk.event SELECT r.* ON CONFLICT (id) DO UPDATE SET title = r.title, area = r.area, place = r.place, starts = r.starts,
		ends = r.ends, state = r.state, version = r.version;
	PERFORM lagesbild_desk.changed(who, 'event', r.id::text, to_jsonb(old), to_jsonb(r));
	status := CASE WHEN old.id IS NULL THEN 201 ELSE 200 END;
	answer := to_jsonb(r);
EXCEPTION WHEN integrity_constraint_violation THEN
	GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME, missing = COLUMN_NAME;
	PERFORM lagesbild_store.problem(400, 'Ett fält saknas eller har fel form', coalesce(nullif(missing, ''), substring(broken FROM '^event_([a-z_]+)_check$'), 'body')
		|| ': title, starts, ends (not before starts)');
END $$;

-- As in 022_meetings.sql, with the field that is wrong.
CREATE OR REPLACE FUNCTION lagesbild_desk.meeting_put(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	old lagesbild_desk.meeting;
	m lagesbild_desk.meeting;
	broken text;
	missing text;
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
	GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME, missing = COLUMN_NAME;
	PERFORM lagesbild_store.problem(400, 'Ett fält saknas eller har fel form', coalesce(nullif(missing, ''), substring(broken FROM '^meeting_([a-z_]+)_check$'), 'body')
		|| ': grp, day, starts, minutes_long (5 to 600), state, agenda, participants, decisions');
END $$;

-- ---- measures ----

-- One measure written, from a body. way: the states that it goes through after its first, as a person would have led it there (an import).
CREATE FUNCTION lagesbild_desk.measure_write(who bigint, old lagesbild_desk.measure, body jsonb, way text[]) RETURNS lagesbild_desk.measure LANGUAGE plpgsql AS $$
DECLARE
	m lagesbild_desk.measure;
	broken text;
	missing text;
BEGIN
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
	IF m.follow_up < m.starts AND (m.starts, m.follow_up) IS DISTINCT FROM (old.starts, old.follow_up) THEN
		PERFORM lagesbild_store.problem(400, 'Uppföljningen ligger före början', 'follow_up: not before starts');
	END IF;
	PERFORM lagesbild_desk.changed(who, 'measure', m.id::text, to_jsonb(old), to_jsonb(m));
	FOR n IN 1 .. cardinality(way) LOOP
		m.version := m.version + 1;
		PERFORM lagesbild_desk.changed(who, 'measure', m.id::text, jsonb_build_object('state', m.state), jsonb_build_object('state', way[n], 'version', m.version));
		m.state := way[n];
	END LOOP;
	IF old.id IS NULL THEN
		INSERT INTO lagesbild_desk.measure SELECT m.*;
	ELSE -- a column that comes to be and is not here is an error
		UPDATE lagesbild_desk.measure k SET (id, title, problem, category, area, place, cause, perspective, kind, owner, starts, ends, expected, follow_up, result,
			notes, state, meeting, public, public_text, depends_on, same_problem, version) = (SELECT m.*) WHERE k.id = m.id;
	END IF;
	RETURN m;
EXCEPTION WHEN integrity_constraint_violation THEN
	GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME, missing = COLUMN_NAME;
	PERFORM lagesbild_desk.measure_refused(broken, missing);
END $$;

-- As in 028_import.sql, by that. The row stays the same one, so who waits for it finds its next version.
CREATE OR REPLACE FUNCTION lagesbild_desk.measure_put(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	old lagesbild_desk.measure;
BEGIN
	IF arguments ? 'id' THEN
		SELECT * INTO old FROM lagesbild_desk.measure k WHERE k.id = lagesbild_desk.id_of(arguments) FOR UPDATE;
		IF NOT FOUND THEN
			PERFORM lagesbild_store.problem(404, 'Åtgärden finns inte', 'id');
		END IF;
		PERFORM lagesbild_desk.same_version('measure', old.id::text, old.version, body);
	END IF;
	status := CASE WHEN old.id IS NULL THEN 201 ELSE 200 END;
	answer := lagesbild_desk.measure_json(lagesbild_desk.measure_write(who, old, body, '{}'));
END $$;

-- ---- measures from a table ----

DROP FUNCTION lagesbild_desk.import_row(bigint, jsonb), lagesbild_desk.import_read(jsonb), lagesbild_desk.import_value(text, text), lagesbild_desk.import_code(text, text);

-- The codes of an import by what people write for them, "field word": once for all its rows. A code goes before a word, a short one before a long one.
CREATE FUNCTION lagesbild_desk.import_words() RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT jsonb_object_agg(f.field || ' ' || f.word, f.code) FROM (
		SELECT DISTINCT ON (v.field, k.word) v.field, k.word, v.code FROM (
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
				JOIN lagesbild_store.build b ON b.id = c.build WHERE a.kind <> 'place' AND a.municipality = b.municipality) AS v(field, code, word),
			unnest(ARRAY[v.word, lower(v.code)]) AS k(word)
		ORDER BY v.field, k.word, k.word <> lower(v.code), length(v.code), v.code) f
$$;

-- A field's text as measure_write takes it; null: it cannot be read.
CREATE FUNCTION lagesbild_desk.import_value(field text, said text, words jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE
		WHEN field IN ('kind', 'perspective', 'state', 'owner', 'category', 'area') THEN words -> (field || ' ' || lower(said))
		WHEN field = 'public' THEN to_jsonb((words ->> ('public ' || lower(said)))::boolean)
		WHEN field IN ('starts', 'ends', 'follow_up') THEN CASE WHEN lagesbild_desk.date_trouble(said) IS NULL THEN to_jsonb(said) END
		WHEN field = 'meeting' THEN CASE WHEN said ~ '^[0-9]{1,15}$' THEN to_jsonb(said::bigint) END
		WHEN field IN ('depends_on', 'same_problem') THEN
			CASE WHEN said ~ '^[0-9]{1,15}([ ,]+[0-9]{1,15})*$' THEN to_jsonb(regexp_split_to_array(said, '[ ,]+')::bigint[]) END
		-- What the export keeps a spreadsheet from running (services/api/table.h) comes back as it was.
		ELSE to_jsonb(regexp_replace(said, '^''([=+@\t\r-])', '\1')) END;
END $$;

-- As in 028_import.sql: one row as a body, or the field that is wrong (null: the row as a whole) and what people are told. Empty fields are left out,
-- and so is what an export tells of the measure that was there. Personal data in a text is measure_write's to refuse.
CREATE FUNCTION lagesbild_desk.import_read(given jsonb, words jsonb, OUT body jsonb, OUT field text, OUT trouble text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	known constant text[] := '{title,problem,category,area,place,cause,perspective,kind,owner,starts,ends,expected,follow_up,result,notes,state,meeting,
		public,public_text,depends_on,same_problem}';
	said text;
	value jsonb;
	nested boolean;
BEGIN
	body := '{}';
	IF jsonb_typeof(given) <> 'object' THEN
		trouble := 'Raden kan inte läsas';
		RETURN;
	END IF;
	FOR field, said, nested IN SELECT e.key, btrim(e.value #>> '{}', E' \t\r\n'), jsonb_typeof(e.value) IN ('object', 'array') FROM jsonb_each(given) e
			WHERE e.key NOT IN ('id', 'version', 'overdue', 'days_late') ORDER BY array_position(known, e.key) LOOP
		CONTINUE WHEN said IS NULL OR said = '';
		value := CASE WHEN field = ANY (known) AND NOT nested THEN lagesbild_desk.import_value(field, said, words) END;
		IF field <> ALL (known) THEN
			trouble := 'En kolumn är okänd';
		ELSIF value IS NULL AND lagesbild_desk.is_personal(said) THEN
			trouble := 'Texten ser ut att innehålla personuppgifter (personnummer, telefon eller e-post)';
		ELSIF nested THEN
			trouble := 'Ett fält har fel form';
		ELSIF value IS NULL AND field IN ('starts', 'ends', 'follow_up') THEN
			trouble := lagesbild_desk.date_trouble(said);
		ELSIF value IS NULL THEN
			trouble := CASE WHEN field = 'public' THEN 'Skriv ja eller nej'
				WHEN field = 'owner' THEN 'Den ansvariga finns inte bland aktörerna' WHEN field = 'area' THEN 'Området finns inte' WHEN field = 'category' THEN 'Kategorin finns inte'
				WHEN field = 'kind' THEN 'Typen är situationell eller social' WHEN field = 'meeting' THEN 'Mötet anges med sitt nummer'
				WHEN field = 'perspective' THEN 'Perspektivet är situation, brottsoffer eller gärningsperson'
				WHEN field = 'state' THEN 'Läget är föreslagen, beslutad, pågår, klar, uppföljd eller avbruten'
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

-- One row becomes one measure, written once; its history is that of the way to its state that a person would have taken it.
CREATE FUNCTION lagesbild_desk.import_row(who bigint, given jsonb, words jsonb, OUT title text, OUT area text, OUT field text, OUT trouble text) LANGUAGE plpgsql AS $$
DECLARE
	r record;
	made lagesbild_desk.measure;
	code text;
	detail text;
BEGIN
	SELECT * INTO r FROM lagesbild_desk.import_read(given, words);
	field := r.field;
	trouble := r.trouble;
	IF trouble IS NOT NULL THEN
		RETURN;
	END IF;
	made := lagesbild_desk.measure_write(who, NULL, r.body - 'state', CASE r.body ->> 'state' WHEN 'decided' THEN ARRAY['decided']
		WHEN 'ongoing' THEN ARRAY['decided', 'ongoing'] WHEN 'done' THEN ARRAY['decided', 'ongoing', 'done']
		WHEN 'followed-up' THEN ARRAY['decided', 'ongoing', 'done', 'followed-up'] WHEN 'dropped' THEN ARRAY['dropped'] ELSE '{}' END);
	title := made.title;
	area := made.area;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
	IF code NOT LIKE 'LB4%' THEN
		RAISE;
	END IF;
	field := nullif(substring(detail FROM '^([a-z_]+)[,:]'), 'body');
	trouble := SQLERRM;
END $$;

-- As in 028_import.sql: all rows or none. A row that has the title and the area of a measure that was there before says so.
CREATE OR REPLACE FUNCTION lagesbild_desk.measures_import(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	r record;
	words constant jsonb := lagesbild_desk.import_words();
	there constant jsonb := (SELECT coalesce(jsonb_object_agg(k.name, k.id), '{}')
		FROM (SELECT m.title || E'\n' || coalesce(m.area, '') AS name, min(m.id) AS id FROM lagesbild_desk.measure m GROUP BY 1) k);
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
		FOR r IN SELECT e.n, i.*, there ->> (i.title || E'\n' || coalesce(i.area, '')) AS same FROM jsonb_array_elements(body -> 'rows') WITH ORDINALITY AS e(given, n)
				CROSS JOIN LATERAL lagesbild_desk.import_row(who, e.given, words) i ORDER BY e.n LOOP
			bad := bad + (r.trouble IS NOT NULL)::integer;
			told := told || CASE WHEN r.trouble IS NOT NULL THEN jsonb_build_object('row', r.n, 'ok', false, 'field', r.field, 'text', r.trouble)
				WHEN r.same IS NULL THEN jsonb_build_object('row', r.n, 'ok', true, 'title', r.title)
				ELSE jsonb_build_object('row', r.n, 'ok', true, 'title', r.title, 'warning', 'Finns redan: åtgärd ' || r.same) END;
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

-- ---- texts ----

-- As in 022_meetings.sql; a period has one name, however it was asked for, and nothing is read of, or written about, an area that there is not.
CREATE OR REPLACE FUNCTION lagesbild_desk.text_row(arguments jsonb) RETURNS lagesbild_desk.text_sheet LANGUAGE plpgsql AS $$
DECLARE
	of_area text := coalesce(arguments ->> 'area', (SELECT b.municipality FROM lagesbild_store.build_current c JOIN lagesbild_store.build b ON b.id = c.build));
	of_period text := (SELECT lagesbild_store.period_name(s.first, s.months) FROM lagesbild_store.period_span(arguments ->> 'period') s);
	r lagesbild_desk.text_sheet;
BEGIN
	SELECT * INTO r FROM lagesbild_desk.text_sheet t WHERE t.period = of_period AND t.area = of_area;
	IF NOT FOUND THEN
		PERFORM lagesbild_desk.refuse_area(arguments ->> 'area');
		r := (of_period, of_area, '{}', 0);
	END IF;
	RETURN r;
END $$;

-- What was written under another name comes back under the one, unless something stands there.
DO $$
DECLARE
	t record;
BEGIN
	FOR t IN SELECT k.period, k.area, n.name FROM lagesbild_desk.text_sheet k, lagesbild_store.period_span(k.period) s,
			lagesbild_store.period_name(s.first, s.months) AS n(name) WHERE n.name <> k.period LOOP
		UPDATE lagesbild_desk.text_sheet k SET period = t.name WHERE (k.period, k.area) = (t.period, t.area)
			AND NOT EXISTS (SELECT FROM lagesbild_desk.text_sheet o WHERE (o.period, o.area) = (t.name, t.area));
		IF FOUND THEN
			UPDATE lagesbild_desk.change c SET object = t.name || ' ' || t.area WHERE c.kind = 'text' AND c.object = t.period || ' ' || t.area;
		END IF;
	END LOOP;
END $$;

-- A section that is named after a source is for those who see the source.
CREATE FUNCTION lagesbild_desk.sections_for(who bigint, words jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN jsonb_typeof(words -> 'sections') = 'object' THEN jsonb_set(words, '{sections}', (words -> 'sections') - ARRAY(
		SELECT s.name FROM lagesbild_store.source s WHERE s.name <> ALL (lagesbild_desk.sources_of(who)))) ELSE words END
$$;

CREATE OR REPLACE FUNCTION lagesbild_desk.text_get(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	r lagesbild_desk.text_sheet := lagesbild_desk.text_row(arguments);
BEGIN
	status := 200;
	answer := lagesbild_desk.sections_for(who, to_jsonb(r)) || jsonb_build_object('history', (SELECT coalesce(jsonb_agg(h || jsonb_build_object(
		'old', lagesbild_desk.sections_for(who, h -> 'old'), 'new', lagesbild_desk.sections_for(who, h -> 'new')) ORDER BY n), '[]')
		FROM jsonb_array_elements(lagesbild_desk.history('text', r.period || ' ' || r.area)) WITH ORDINALITY AS k(h, n)));
END $$;

-- As in 025_editions.sql, and the sections. Changes and sections of the sources that the reader sees, only.
CREATE OR REPLACE FUNCTION lagesbild_desk.words_for(who bigint, words jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT lagesbild_desk.sections_for(who, CASE WHEN words -> 'before' = 'null' THEN words ELSE jsonb_set(words, '{before,changes}', (
		SELECT coalesce(jsonb_agg(c ORDER BY n), '[]') FROM jsonb_array_elements(words -> 'before' -> 'changes') WITH ORDINALITY AS k(c, n)
		WHERE c ->> 'source' = ANY (lagesbild_desk.sources_of(who)))) END)
$$;

-- ---- editions ----

-- As in 025_editions.sql, and tells those who list editions.
CREATE OR REPLACE FUNCTION lagesbild_desk.edition_new(who bigint, body jsonb, tz text, code text, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	span record;
	inside text;
	made integer;
BEGIN
	IF jsonb_typeof(body) IS DISTINCT FROM 'object' OR jsonb_typeof(body -> 'period') IS DISTINCT FROM 'string' THEN
		PERFORM lagesbild_store.problem(400, 'Perioden saknas', 'body: {"period": "2026-03"}, area if another');
	END IF;
	SELECT s.* INTO span FROM lagesbild_store.period_span(body ->> 'period') s;
	inside := coalesce(body ->> 'area', (SELECT b.municipality FROM lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id));
	IF NOT EXISTS (SELECT FROM lagesbild_store.area a JOIN lagesbild_store.build_current c ON c.build = a.build WHERE a.code = inside AND a.kind <> 'place') THEN
		PERFORM lagesbild_store.problem(404, 'Området finns inte', 'area');
	ELSIF span.first > lagesbild_store.today() THEN
		PERFORM lagesbild_store.problem(400, 'Perioden har inte börjat', 'period');
	END IF;
	made := lagesbild_store.edition_freeze(span.first, span.months, inside, lagesbild_desk.display_of(who), tz, code, '{}');
	PERFORM lagesbild_desk.note(who, 'edition drafted', made::text, NULL);
	PERFORM lagesbild_desk.document_want(made, n, false) FROM unnest(ARRAY['intern.pdf', 'offentlig.pdf']) AS n;
	NOTIFY lagesbild_desk;
	SELECT 201, lagesbild_desk.edition_json(who, e) INTO status, answer FROM lagesbild_store.edition e WHERE e.id = made;
END $$;

-- {comment}, and nothing else: by any member. As in 025_editions.sql otherwise.
CREATE OR REPLACE FUNCTION lagesbild_desk.edition_comment(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	e lagesbild_store.edition := lagesbild_desk.edition_of(arguments);
	said text;
BEGIN
	IF jsonb_typeof(body) IS DISTINCT FROM 'object' OR body - 'comment' <> '{}' THEN
		PERFORM lagesbild_store.problem(400, 'Fälten stämmer inte', 'body: an object of comment');
	END IF;
	said := CASE WHEN jsonb_typeof(body -> 'comment') = 'string' THEN lagesbild_desk.cleaned(body ->> 'comment') END;
	IF coalesce(length(said), 0) NOT BETWEEN 1 AND 10000 THEN
		PERFORM lagesbild_store.problem(400, 'Kommentaren saknas eller är för lång', 'comment: 1 to 10000 characters');
	ELSIF e.state = 'withdrawn' THEN
		PERFORM lagesbild_store.problem(409, 'Utgåvan är tillbakadragen', 'state');
	END IF;
	PERFORM lagesbild_desk.refuse_personal(body);
	PERFORM lagesbild_store.edition_move(e.id, 'commented', lagesbild_desk.display_of(who), said, false);
	PERFORM lagesbild_desk.note(who, 'edition commented', e.id::text, NULL);
	NOTIFY lagesbild_desk;
	status := 201;
	answer := lagesbild_desk.edition_json(who, lagesbild_desk.edition_of(arguments));
END $$;

-- As in 026_documents.sql: for anybody, of what is published, as it was approved; and only while all that was public then still is. Who approved it
-- by the operator's command alone has press in it.
CREATE OR REPLACE FUNCTION lagesbild_desk.document_public(who bigint, arguments jsonb) RETURNS TABLE (name text, file text, sha256 text, bytes bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT d.name, format('lagesbild-%s-utgava-%s.pdf', replace(e.period, '/', '-'), e.id), d.sha256, d.bytes
	FROM lagesbild_store.edition e JOIN lagesbild_desk.document d ON d.edition = e.id AND d.name = 'offentlig.pdf' AND d.final AND d.state = 'made'
	LEFT JOIN lagesbild_desk.edition_text t ON t.edition = e.id
	WHERE e.id = lagesbild_desk.id_of(arguments) AND e.state = 'published'
		AND coalesce(t.public_sources, '{press}') <@ lagesbild_store.public_sources()
$$;

-- As in 025_editions.sql, with the owner's English name: who reads it need not have signed in.
CREATE OR REPLACE FUNCTION lagesbild_desk.public_measures(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT 200, jsonb_build_object('rows', coalesce(jsonb_agg(jsonb_build_object('text', m.public_text, 'owner', o.sv, 'owner_en', o.en, 'area_name', a.name,
		'state', m.state, 'ends', m.ends) ORDER BY m.state IN ('done', 'followed-up') DESC, m.ends DESC NULLS LAST, m.id), '[]'))
	FROM lagesbild_desk.measure m JOIN lagesbild_desk.actor o ON o.code = m.owner
	LEFT JOIN lagesbild_store.area a ON a.build = (SELECT build FROM lagesbild_store.build_current) AND a.code = m.area
	WHERE m.public AND m.state IN ('decided', 'ongoing', 'done', 'followed-up')
$$;
