-- Signing in beyond a name and a password: limits on guessing, the second factor (TOTP, RFC 6238), the own password, an identity provider's
-- subject, a trusted proxy's name; and who saw what. A session whose second factor is still to come belongs to nobody: it has a word, and two
-- functions here take its key.

ALTER TABLE lagesbild_desk.account ADD totp_new text; -- shown to its holder, and not yet proved by a code

-- Failed guesses of the last quarter of an hour: by the name that was given (whether there is such an account or not), by the address they came
-- from, and of codes by the account.
DROP TABLE lagesbild_desk.attempt;
CREATE TABLE lagesbild_desk.guess (
	kind text NOT NULL CHECK (kind IN ('name', 'peer', 'code')),
	whom text NOT NULL,
	failed integer NOT NULL,
	last_at timestamptz NOT NULL,
	PRIMARY KEY (kind, whom)
);
CREATE INDEX ON lagesbild_desk.guess (last_at);

-- A whole office may stand behind one address.
CREATE FUNCTION lagesbild_desk.guess_locked(which text, by text) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM lagesbild_desk.guess g WHERE g.kind = which AND g.whom = by AND g.last_at > now() - interval '15 minutes'
		AND g.failed >= CASE which WHEN 'peer' THEN 50 ELSE 5 END)
$$;

CREATE FUNCTION lagesbild_desk.guess_failed(which text, by text) RETURNS void LANGUAGE sql AS $$
	DELETE FROM lagesbild_desk.guess g WHERE g.last_at < now() - interval '15 minutes';
	INSERT INTO lagesbild_desk.guess AS g VALUES (which, by, 1, now())
	ON CONFLICT (kind, whom) DO UPDATE SET failed = g.failed + 1, last_at = now()
$$;

-- ---- name and password ----

-- hash is null where there is no such account, and where it signs in elsewhere.
DROP FUNCTION lagesbild_desk.sign_in_begin(text);
CREATE FUNCTION lagesbild_desk.sign_in_begin(given text, peer text) RETURNS TABLE (account bigint, locked boolean, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(a.id, 0), lagesbild_desk.guess_locked('name', v.name) OR lagesbild_desk.guess_locked('peer', peer), a.hash
	FROM (VALUES (lower(left(given, 100)))) AS v(name)
	LEFT JOIN lagesbild_desk.account a ON a.name = v.name AND a.closed_at IS NULL
$$;

-- What a page needs to know of its session: who, or that the second factor is missing (enrol: it has to be made first).
CREATE OR REPLACE FUNCTION lagesbild_desk.session_json(who bigint, word text, second boolean) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN second THEN jsonb_build_object('account', a.id, 'name', a.name, 'display', a.display, 'actor', a.actor, 'roles', a.roles,
		'groups', a.groups, 'sources', lagesbild_desk.sources_of(a.id), 'csrf', word, 'second', true, 'enrolled', a.totp IS NOT NULL,
		'password', a.hash IS NOT NULL)
	ELSE jsonb_build_object('account', NULL, 'name', a.name, 'csrf', word, 'second', false, 'enrol', a.totp IS NULL) END
	FROM lagesbild_desk.account a WHERE a.id = who
$$;

CREATE FUNCTION lagesbild_desk.session_open(who bigint, key text, word text, how jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	a lagesbild_desk.account;
BEGIN
	SELECT * INTO STRICT a FROM lagesbild_desk.account k WHERE k.id = who AND k.closed_at IS NULL;
	DELETE FROM lagesbild_desk.session s WHERE s.created_at < now() - interval '12 hours';
	INSERT INTO lagesbild_desk.session (key, account, csrf, second) VALUES (key, who, word, NOT a.external AND a.totp IS NULL);
	PERFORM lagesbild_desk.note(who, 'signed in', NULL, how);
	RETURN lagesbild_desk.session_json(who, word, NOT a.external AND a.totp IS NULL);
END $$;

CREATE OR REPLACE FUNCTION lagesbild_desk.sign_in_end(given text, who bigint, good boolean, key text, word text, peer text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT good THEN
		PERFORM lagesbild_desk.guess_failed('name', lower(left(given, 100))), lagesbild_desk.guess_failed('peer', peer);
		PERFORM lagesbild_desk.note(who, 'sign-in refused', NULL, jsonb_build_object('peer', peer));
		RETURN NULL;
	END IF;
	DELETE FROM lagesbild_desk.guess g WHERE g.kind = 'name' AND g.whom = lower(left(given, 100));
	RETURN lagesbild_desk.session_open(who, key, word, jsonb_build_object('peer', peer));
END $$;

-- key: the session's, if it came by one.
CREATE FUNCTION lagesbild_desk.session_state(who bigint, key text) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(
		CASE WHEN who <> 0 THEN lagesbild_desk.session_json(who, NULL, true)
		ELSE (SELECT lagesbild_desk.session_json(s.account, NULL, false) FROM lagesbild_desk.session s JOIN lagesbild_desk.account a ON a.id = s.account
			WHERE s.key = session_state.key AND NOT s.second AND a.closed_at IS NULL AND s.created_at > now() - interval '12 hours'
			AND s.seen_at > now() - interval '1 hour') END, '{"account": null}')
$$;
DROP FUNCTION lagesbild_desk.session_get(bigint, jsonb, jsonb);

-- ---- the second factor ----

-- Whose session it is, and what its code is proved by; no row: there is no such session.
CREATE FUNCTION lagesbild_desk.second_begin(key text) RETURNS TABLE (account bigint, name text, done boolean, locked boolean, totp text, totp_new text, step bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT a.id, a.name, s.second, lagesbild_desk.guess_locked('code', a.id::text), a.totp, a.totp_new, a.totp_step
	FROM lagesbild_desk.session s JOIN lagesbild_desk.account a ON a.id = s.account
	WHERE s.key = second_begin.key AND a.closed_at IS NULL AND s.created_at > now() - interval '12 hours' AND s.seen_at > now() - interval '1 hour'
$$;

-- A secret to be proved; an account that has one keeps it until the operator takes it away.
CREATE FUNCTION lagesbild_desk.second_enrol(who bigint, secret text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	UPDATE lagesbild_desk.account a SET totp_new = secret WHERE a.id = who AND a.totp IS NULL AND a.closed_at IS NULL;
	IF FOUND THEN
		PERFORM lagesbild_desk.note(who, 'second factor begun', NULL, NULL);
	END IF;
	RETURN FOUND;
END $$;

-- given: the time step of a code that was right for that secret; null: it was wrong. A step is good once, in whatever order two come.
CREATE FUNCTION lagesbild_desk.second_end(key text, who bigint, secret text, given bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	taken boolean := false;
BEGIN
	IF given IS NOT NULL THEN
		UPDATE lagesbild_desk.account a SET totp_step = given, totp = secret, totp_new = NULL
		WHERE a.id = who AND a.totp_step < given AND coalesce(a.totp, a.totp_new) = secret;
		taken := FOUND;
	END IF;
	IF taken THEN
		UPDATE lagesbild_desk.session s SET second = true WHERE s.key = second_end.key AND s.account = who;
		DELETE FROM lagesbild_desk.guess g WHERE g.kind = 'code' AND g.whom = who::text;
		PERFORM lagesbild_desk.note(who, 'second factor given', NULL, NULL);
	ELSE
		PERFORM lagesbild_desk.guess_failed('code', who::text), lagesbild_desk.note(who, 'second factor refused', NULL, NULL);
	END IF;
	RETURN taken;
END $$;

-- Recovery, by the operator: it is made anew at the next sign-in.
CREATE FUNCTION lagesbild_desk.second_reset(given text) RETURNS bigint LANGUAGE sql AS $$
	DELETE FROM lagesbild_desk.session s USING lagesbild_desk.account a WHERE a.id = s.account AND a.name = lower(given);
	DELETE FROM lagesbild_desk.guess g USING lagesbild_desk.account a WHERE g.kind = 'code' AND g.whom = a.id::text AND a.name = lower(given);
	UPDATE lagesbild_desk.account a SET totp = NULL, totp_new = NULL WHERE a.name = lower(given) AND a.closed_at IS NULL;
	SELECT lagesbild_desk.note(NULL, 'second factor reset', a.name, NULL) FROM lagesbild_desk.account a WHERE a.name = lower(given) AND a.closed_at IS NULL;
	SELECT a.id FROM lagesbild_desk.account a WHERE a.name = lower(given) AND a.closed_at IS NULL
$$;

-- ---- the own password ----

CREATE FUNCTION lagesbild_desk.password_begin(who bigint) RETURNS TABLE (locked boolean, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT lagesbild_desk.guess_locked('name', a.name), a.hash FROM lagesbild_desk.account a WHERE a.id = who
$$;

-- fresh null: the old one was wrong. All other sessions of the account end.
CREATE FUNCTION lagesbild_desk.password_end(who bigint, key text, fresh text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF fresh IS NULL THEN
		PERFORM lagesbild_desk.guess_failed('name', a.name) FROM lagesbild_desk.account a WHERE a.id = who;
	ELSE
		UPDATE lagesbild_desk.account a SET hash = fresh WHERE a.id = who;
		DELETE FROM lagesbild_desk.session s WHERE s.account = who AND s.key <> password_end.key;
		DELETE FROM lagesbild_desk.guess g USING lagesbild_desk.account a WHERE a.id = who AND g.kind = 'name' AND g.whom = a.name;
	END IF;
	PERFORM lagesbild_desk.note(who, CASE WHEN fresh IS NULL THEN 'password refused' ELSE 'password changed' END, NULL, NULL);
END $$;

-- ---- others who say who it is: an identity provider, a proxy ----

-- No row: nobody here has that subject.
CREATE FUNCTION lagesbild_desk.sign_in_subject(given text, key text, word text, peer text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	who bigint := (SELECT a.id FROM lagesbild_desk.account a WHERE a.subject = given AND a.closed_at IS NULL);
BEGIN
	IF who IS NULL THEN
		PERFORM lagesbild_desk.note(NULL, 'sign-in refused', NULL, jsonb_build_object('peer', peer, 'by', 'oidc'));
		RETURN NULL;
	END IF;
	RETURN lagesbild_desk.session_open(who, key, word, jsonb_build_object('peer', peer, 'by', 'oidc'));
END $$;

-- A proxy cannot give a code, so who needs one is nobody by it.
CREATE FUNCTION lagesbild_desk.proxy_find(given text) RETURNS TABLE (account bigint, roles integer, csrf text, sources text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT a.id, lagesbild_desk.role_bits(a.roles), '', lagesbild_desk.sources_of(a.id)
	FROM lagesbild_desk.account a WHERE a.name = lower(given) AND a.closed_at IS NULL AND NOT a.external AND a.totp IS NULL
$$;

CREATE FUNCTION lagesbild_desk.account_subject(given text, of_provider text) RETURNS bigint LANGUAGE sql AS $$
	UPDATE lagesbild_desk.account a SET subject = nullif(of_provider, '') WHERE a.name = lower(given) AND a.closed_at IS NULL RETURNING a.id
$$;

-- ---- who saw what ----

-- How often an account read by a route on a day: the api counts, and writes it down each minute.
CREATE TABLE lagesbild_desk.seen (
	day date NOT NULL,
	account bigint NOT NULL REFERENCES lagesbild_desk.account,
	route text NOT NULL,
	n bigint NOT NULL,
	PRIMARY KEY (day, account, route)
);

CREATE FUNCTION lagesbild_desk.seen_put(accounts bigint[], routes text[], counts bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
	INSERT INTO lagesbild_desk.seen AS s SELECT (now() AT TIME ZONE 'Europe/Stockholm')::date, u.a, u.r, u.n
	FROM unnest(accounts, routes, counts) AS u(a, r, n) ORDER BY u.a, u.r
	ON CONFLICT (day, account, route) DO UPDATE SET n = s.n + excluded.n
$$;

-- The newest first, 200 at a time: before is the number to go on from. account: a name. Reads are given by the day with the first page.
CREATE FUNCTION lagesbild_desk.audit_list(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	before bigint := 9223372036854775807;
	whose bigint;
BEGIN
	IF arguments ? 'before' THEN
		IF arguments ->> 'before' !~ '^[0-9]{1,18}$' THEN
			PERFORM lagesbild_store.problem(400, 'Numret är inget nummer', 'before: a number of an entry');
		END IF;
		before := (arguments ->> 'before')::bigint;
	END IF;
	IF arguments ? 'account' THEN
		SELECT a.id INTO whose FROM lagesbild_desk.account a WHERE a.name = lower(arguments ->> 'account');
		IF NOT FOUND THEN
			PERFORM lagesbild_store.problem(404, 'Kontot finns inte', 'account: there is none of that name');
		END IF;
	END IF;
	status := 200;
	answer := jsonb_build_object(
		'rows', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.n DESC), '[]') FROM (
			SELECT t.n, t.at, a.name AS account, t.what, t.object, t.detail FROM lagesbild_desk.audit t LEFT JOIN lagesbild_desk.account a ON a.id = t.account
			WHERE t.n < before AND (whose IS NULL OR t.account = whose) ORDER BY t.n DESC LIMIT 200) x),
		'seen', CASE WHEN arguments ? 'before' THEN '[]' ELSE (SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM (
			SELECT s.day, a.name AS account, s.route, s.n FROM lagesbild_desk.seen s JOIN lagesbild_desk.account a ON a.id = s.account
			WHERE whose IS NULL OR s.account = whose ORDER BY s.day DESC, a.name, s.route LIMIT 1000) x) END);
END $$;

GRANT EXECUTE ON FUNCTION lagesbild_desk.sign_in_begin(text, text), lagesbild_desk.session_state(bigint, text), lagesbild_desk.second_begin(text),
	lagesbild_desk.second_enrol(bigint, text), lagesbild_desk.second_end(text, bigint, text, bigint), lagesbild_desk.password_begin(bigint),
	lagesbild_desk.password_end(bigint, text, text), lagesbild_desk.sign_in_subject(text, text, text, text), lagesbild_desk.proxy_find(text),
	lagesbild_desk.seen_put(bigint[], text[], bigint[]), lagesbild_desk.audit_list(bigint, jsonb, jsonb) TO lagesbild_desk;
