-- Documents of editions: who wants one, who makes it (services/printer, role lagesbild_printer, which may call three functions and nothing
-- else), and the bytes. A final document that is made is frozen like its edition.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lagesbild_printer') THEN
		CREATE ROLE lagesbild_printer LOGIN;
	END IF;
END $$;
GRANT USAGE ON SCHEMA lagesbild_desk TO lagesbild_printer;

-- turn: goes up each time it is wanted, so that what was begun for an earlier one is not taken for it.
CREATE TABLE lagesbild_desk.document (
	edition integer NOT NULL REFERENCES lagesbild_store.edition,
	name text NOT NULL CHECK (name IN ('intern.pdf', 'intern.docx', 'offentlig.pdf')),
	state text NOT NULL CHECK (state IN ('waiting', 'made', 'failed')),
	final boolean NOT NULL,
	turn integer NOT NULL DEFAULT 1,
	tries integer NOT NULL DEFAULT 0,
	reason text CHECK (length(reason) <= 300),
	wanted_at timestamptz NOT NULL DEFAULT now(),
	taken_at timestamptz,
	made_at timestamptz,
	bytes bytea CHECK (length(bytes) <= 33554432),
	sha256 text,
	PRIMARY KEY (edition, name),
	CHECK ((state = 'made') = (bytes IS NOT NULL AND sha256 IS NOT NULL AND made_at IS NOT NULL))
);
ALTER TABLE lagesbild_desk.document ALTER COLUMN bytes SET STORAGE EXTERNAL; -- compressed already

CREATE FUNCTION lagesbild_desk.document_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' OR OLD.final AND OLD.state = 'made' THEN
		RAISE EXCEPTION 'document % of edition % is frozen', OLD.name, OLD.edition USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON lagesbild_desk.document FOR EACH ROW EXECUTE FUNCTION lagesbild_desk.document_guard();
CREATE TRIGGER refuse BEFORE TRUNCATE ON lagesbild_desk.document FOR EACH STATEMENT EXECUTE FUNCTION lagesbild_store.edition_refuse();

-- Who prints: reads as a coordinator by a key of two minutes, has no password and nobody's subject.
INSERT INTO lagesbild_desk.account (name, display, actor, roles, groups, external)
VALUES ('lagesbild.skrivare', 'Utskrift', 'kommunen', '{coordinator}', '{steering,operational}', false);

CREATE FUNCTION lagesbild_desk.document_want(which integer, what text, for_good boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO lagesbild_desk.document AS d (edition, name, state, final) VALUES (which, what, 'waiting', for_good)
	ON CONFLICT (edition, name) DO UPDATE SET state = 'waiting', final = excluded.final, turn = d.turn + 1, tries = 0, reason = NULL, wanted_at = now(),
		taken_at = NULL, made_at = NULL, bytes = NULL, sha256 = NULL WHERE NOT (d.final AND d.state = 'made');
	NOTIFY lagesbild_print;
END $$;

-- ---- the printer's ----

-- The longest waiting one, or one whose printer has not been heard of for a minute; after three tries it has failed. key: SHA-256 of the word
-- that the printer shows to the api.
CREATE FUNCTION lagesbild_desk.document_take(key text) RETURNS TABLE (edition integer, name text, turn integer, path text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
#variable_conflict use_column
BEGIN
	UPDATE lagesbild_desk.document d SET state = 'failed', reason = coalesce(d.reason, 'the printer did not come to an end with it')
	WHERE d.state = 'waiting' AND d.tries >= 3 AND d.taken_at < now() - interval '1 minute';
	RETURN QUERY UPDATE lagesbild_desk.document d SET taken_at = now(), tries = d.tries + 1
	FROM (SELECT k.edition, k.name FROM lagesbild_desk.document k
		WHERE k.state = 'waiting' AND k.tries < 3 AND (k.taken_at IS NULL OR k.taken_at < now() - interval '1 minute')
		ORDER BY k.wanted_at, k.edition, k.name LIKE '%.docx', k.name LIMIT 1 FOR UPDATE SKIP LOCKED) t
	WHERE d.edition = t.edition AND d.name = t.name
	RETURNING d.edition, d.name, d.turn, CASE WHEN d.name LIKE 'intern.%' THEN '/utgavor/' ELSE '/offentligt/' END || d.edition || '?utskrift=1';
	IF FOUND THEN
		DELETE FROM lagesbild_desk.token t USING lagesbild_desk.account a WHERE a.id = t.account AND a.name = 'lagesbild.skrivare' AND t.until < now();
		INSERT INTO lagesbild_desk.token (key, account, label, until) SELECT key, a.id, 'utskrift ' || left(key, 16), now() + interval '2 minutes'
		FROM lagesbild_desk.account a WHERE a.name = 'lagesbild.skrivare';
	END IF;
END $$;

-- false: it has been wanted anew, or made by another meanwhile.
CREATE FUNCTION lagesbild_desk.document_put(which integer, what text, at_turn integer, base64 text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	content bytea := decode(base64, 'base64');
BEGIN
	UPDATE lagesbild_desk.document d SET state = 'made', made_at = now(), bytes = content, sha256 = encode(sha256(content), 'hex'), reason = NULL
	WHERE d.edition = which AND d.name = what AND d.turn = at_turn AND d.state = 'waiting';
	RETURN FOUND;
END $$;

-- Tried again ten seconds later, three times in all.
CREATE FUNCTION lagesbild_desk.document_fail(which integer, what text, at_turn integer, why text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
	UPDATE lagesbild_desk.document d SET reason = left(why, 300), state = CASE WHEN d.tries >= 3 THEN 'failed' ELSE 'waiting' END,
		taken_at = now() - interval '50 seconds' WHERE d.edition = which AND d.name = what AND d.turn = at_turn AND d.state = 'waiting'
$$;

GRANT EXECUTE ON FUNCTION lagesbild_desk.document_take(text), lagesbild_desk.document_put(integer, text, integer, text),
	lagesbild_desk.document_fail(integer, text, integer, text) TO lagesbild_printer;

-- ---- the readers' ----

-- An internal document shows every source: it is for those who see every source that the edition knows.
CREATE FUNCTION lagesbild_desk.document_edition(who bigint, arguments jsonb) RETURNS lagesbild_store.edition LANGUAGE plpgsql AS $$
DECLARE
	e lagesbild_store.edition := lagesbild_desk.edition_of(arguments);
BEGIN
	IF EXISTS (SELECT FROM lagesbild_store.edition_source s WHERE s.edition = e.id AND s.source <> ALL (lagesbild_desk.sources_of(who))) THEN
		PERFORM lagesbild_store.problem(403, 'Dokumentet visar källor som din grupp inte ser', 'sources');
	END IF;
	RETURN e;
END $$;

CREATE FUNCTION lagesbild_desk.documents_get(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT 200, jsonb_build_object('rows', coalesce(jsonb_agg(jsonb_build_object('name', d.name, 'state', d.state, 'final', d.final, 'bytes', length(d.bytes),
		'sha256', d.sha256, 'made_at', d.made_at, 'reason', d.reason) ORDER BY d.name), '[]'))
	FROM (SELECT lagesbild_desk.document_edition(who, arguments) AS e) k JOIN lagesbild_desk.document d ON d.edition = (k.e).id
$$;

-- {name}: one more of a draft, with what is written now.
CREATE FUNCTION lagesbild_desk.document_post(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	e lagesbild_store.edition := lagesbild_desk.document_edition(who, arguments);
BEGIN
	IF coalesce(body ->> 'name' NOT IN ('intern.pdf', 'intern.docx', 'offentlig.pdf'), true) THEN
		PERFORM lagesbild_store.problem(400, 'Dokumentet finns inte', 'name: intern.pdf, intern.docx or offentlig.pdf');
	ELSIF e.state = 'withdrawn' THEN
		PERFORM lagesbild_store.problem(409, 'Utgåvan är tillbakadragen', 'state');
	END IF;
	PERFORM lagesbild_desk.document_want(e.id, body ->> 'name', e.state IN ('approved', 'published'));
	SELECT 202, f.answer INTO status, answer FROM lagesbild_desk.documents_get(who, arguments, NULL) f;
END $$;

-- The bytes: their type is the name's. file: what a browser saves it as.
CREATE FUNCTION lagesbild_desk.document_bytes(who bigint, arguments jsonb) RETURNS TABLE (name text, file text, sha256 text, bytes bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
	e lagesbild_store.edition := lagesbild_desk.document_edition(who, arguments);
BEGIN
	PERFORM lagesbild_desk.note(who, 'document read', e.id || ' ' || left(arguments ->> 'name', 20), NULL);
	RETURN QUERY SELECT d.name, format('lagesbild-%s-utgava-%s-%s', replace(e.period, '/', '-'), e.id, d.name), d.sha256, d.bytes
	FROM lagesbild_desk.document d WHERE d.edition = e.id AND d.name = arguments ->> 'name' AND d.state = 'made';
END $$;

-- For anybody: of what is published, as it was approved.
CREATE FUNCTION lagesbild_desk.document_public(who bigint, arguments jsonb) RETURNS TABLE (name text, file text, sha256 text, bytes bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT d.name, format('lagesbild-%s-utgava-%s.pdf', replace(e.period, '/', '-'), e.id), d.sha256, d.bytes
	FROM lagesbild_store.edition e JOIN lagesbild_desk.document d ON d.edition = e.id AND d.name = 'offentlig.pdf' AND d.final AND d.state = 'made'
	WHERE e.id = lagesbild_desk.id_of(arguments) AND e.state = 'published'
$$;

GRANT EXECUTE ON FUNCTION lagesbild_desk.documents_get(bigint, jsonb, jsonb), lagesbild_desk.document_post(bigint, jsonb, jsonb),
	lagesbild_desk.document_bytes(bigint, jsonb), lagesbild_desk.document_public(bigint, jsonb) TO lagesbild_desk;
