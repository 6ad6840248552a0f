-- The desk: who may sign in, and what people write. Stands outside the builds. The api reaches it as role lagesbild_desk, which may call these
-- functions and nothing else: no table of its own, no figure. A function gets the account (0: nobody), the arguments of the address and the
-- body, and gives a status and JSON; what is wrong it raises as lagesbild_store.problem does. Whatever changes here notifies lagesbild_desk.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lagesbild_desk') THEN
		CREATE ROLE lagesbild_desk LOGIN;
	END IF;
END $$;

CREATE SCHEMA lagesbild_desk;
GRANT USAGE ON SCHEMA lagesbild_desk TO lagesbild_desk;
-- A function is for its role only when that is said.
ALTER DEFAULT PRIVILEGES IN SCHEMA lagesbild_desk REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- An organisation that owns measures and has people in the groups.
CREATE TABLE lagesbild_desk.actor (
	code text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9-]{1,30}$'),
	sv text NOT NULL CHECK (length(sv) BETWEEN 1 AND 80),
	en text NOT NULL CHECK (length(en) BETWEEN 1 AND 80)
);
INSERT INTO lagesbild_desk.actor VALUES
	('kommunen', 'Kumla kommun', 'The municipality'), ('polisen', 'Polisen', 'The police'), ('raddningstjansten', 'Räddningstjänsten', 'The rescue service'),
	('socialtjansten', 'Socialtjänsten', 'Social services'), ('bostadsbolaget', 'Kumla Bostäder', 'The housing company'),
	('skolan', 'Skolan', 'Schools'), ('fritid', 'Fritid och ungdom', 'Youth leisure'), ('teknik', 'Teknik och gata', 'Streets and parks');

-- A person's account; name is what they sign in by (a function, not a name, is recommended). hash: argon2id, null for those who sign in elsewhere.
-- external: from another organisation, so a second factor is needed. subject: who they are to the identity provider.
CREATE TABLE lagesbild_desk.account (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE CHECK (name = lower(name) AND name ~ '^[[:alnum:]][[:alnum:]._@-]{1,99}$'),
	display text NOT NULL CHECK (length(display) BETWEEN 1 AND 100),
	actor text NOT NULL REFERENCES lagesbild_desk.actor,
	roles text[] NOT NULL CHECK (roles <@ ARRAY['reader', 'coordinator', 'actor', 'operator'] AND roles <> '{}'),
	groups text[] NOT NULL CHECK (groups <@ ARRAY['steering', 'operational']),
	external boolean NOT NULL,
	hash text,
	totp text, -- base32 secret; null: none yet
	totp_step bigint NOT NULL DEFAULT 0, -- the last time step that was used: a code is good once
	subject text UNIQUE,
	created_at timestamptz NOT NULL DEFAULT now(),
	closed_at timestamptz
);

-- What a group does not see.
CREATE TABLE lagesbild_desk.hidden (
	grp text NOT NULL CHECK (grp IN ('steering', 'operational')),
	source text NOT NULL,
	PRIMARY KEY (grp, source)
);

-- key: SHA-256 of the cookie. second: the second factor has been given, or none is needed.
CREATE TABLE lagesbild_desk.session (
	key text PRIMARY KEY,
	account bigint NOT NULL REFERENCES lagesbild_desk.account,
	csrf text NOT NULL,
	second boolean NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON lagesbild_desk.session (account);

-- A program's key to what an account may see (a spreadsheet, another dashboard): reads only. key: SHA-256 of what was printed once.
CREATE TABLE lagesbild_desk.token (
	key text PRIMARY KEY,
	account bigint NOT NULL REFERENCES lagesbild_desk.account,
	label text NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
	created_at timestamptz NOT NULL DEFAULT now(),
	until timestamptz NOT NULL,
	UNIQUE (account, label)
);

-- Failed attempts by the name that was given, whether there is such an account or not.
CREATE TABLE lagesbild_desk.attempt (
	name text PRIMARY KEY,
	failed integer NOT NULL,
	last_at timestamptz NOT NULL
);

-- Who saw and changed what: only added to.
CREATE TABLE lagesbild_desk.audit (
	n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT now(),
	account bigint REFERENCES lagesbild_desk.account,
	what text NOT NULL,
	object text,
	detail jsonb
);
CREATE INDEX ON lagesbild_desk.audit (at);

CREATE FUNCTION lagesbild_desk.note(who bigint, what text, object text, detail jsonb) RETURNS void LANGUAGE sql AS $$
	INSERT INTO lagesbild_desk.audit (account, what, object, detail) VALUES (nullif(who, 0), what, object, detail)
$$;

CREATE FUNCTION lagesbild_desk.told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('lagesbild_desk', TG_TABLE_NAME);
	RETURN NULL;
END $$;
CREATE TRIGGER told AFTER UPDATE OF roles, groups, external, closed_at ON lagesbild_desk.account
	FOR EACH STATEMENT EXECUTE FUNCTION lagesbild_desk.told();
CREATE TRIGGER told AFTER DELETE OR UPDATE OF second ON lagesbild_desk.session FOR EACH STATEMENT EXECUTE FUNCTION lagesbild_desk.told();
CREATE TRIGGER told AFTER DELETE OR UPDATE ON lagesbild_desk.token FOR EACH STATEMENT EXECUTE FUNCTION lagesbild_desk.told();
CREATE TRIGGER told AFTER INSERT OR DELETE ON lagesbild_desk.hidden FOR EACH STATEMENT EXECUTE FUNCTION lagesbild_desk.told();

-- The sources that an account may see: what any of its groups sees; coordinator and operator all.
CREATE FUNCTION lagesbild_desk.sources_of(who bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
	SELECT coalesce(array_agg(s.name ORDER BY s.id), '{}') FROM lagesbild_store.source s JOIN lagesbild_desk.account a ON a.id = who
	WHERE a.roles && ARRAY['coordinator', 'operator'] OR EXISTS (SELECT FROM unnest(a.groups) g
		WHERE NOT EXISTS (SELECT FROM lagesbild_desk.hidden h WHERE h.grp = g AND h.source = s.name))
$$;

CREATE FUNCTION lagesbild_desk.role_bits(roles text[]) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(sum(CASE r WHEN 'reader' THEN 1 WHEN 'coordinator' THEN 2 WHEN 'actor' THEN 4 WHEN 'operator' THEN 8 END), 0)::integer FROM unnest(roles) r
$$;

-- ---- signing in ----

-- What a session may do; no row: it is none, or its time is over (12 hours, or one without a sign of life). Its second factor is still to come:
-- account 0, but the session's word.
CREATE FUNCTION lagesbild_desk.session_find(which text) RETURNS TABLE (account bigint, roles integer, csrf text, sources text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	UPDATE lagesbild_desk.session s SET seen_at = now() WHERE s.key = which AND s.seen_at < now() - interval '1 minute' AND s.seen_at > now() - interval '1 hour';
	RETURN QUERY SELECT CASE WHEN s.second THEN a.id ELSE 0 END, CASE WHEN s.second THEN lagesbild_desk.role_bits(a.roles) ELSE 0 END, s.csrf,
		CASE WHEN s.second THEN lagesbild_desk.sources_of(a.id) ELSE '{}' END
	FROM lagesbild_desk.session s JOIN lagesbild_desk.account a ON a.id = s.account
	WHERE s.key = which AND a.closed_at IS NULL AND s.created_at > now() - interval '12 hours' AND s.seen_at > now() - interval '1 hour';
END $$;

-- The same for a program's key: it has no word, so it cannot change anything.
CREATE FUNCTION lagesbild_desk.token_find(which text) RETURNS TABLE (account bigint, roles integer, csrf text, sources text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT a.id, lagesbild_desk.role_bits(a.roles), '', lagesbild_desk.sources_of(a.id)
	FROM lagesbild_desk.token t JOIN lagesbild_desk.account a ON a.id = t.account
	WHERE t.key = which AND a.closed_at IS NULL AND t.until > now()
$$;

CREATE FUNCTION lagesbild_desk.sign_in_begin(given text) RETURNS TABLE (account bigint, locked boolean, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(a.id, 0), coalesce(t.failed >= 5 AND t.last_at > now() - interval '15 minutes', false), a.hash
	FROM (VALUES (lower(given))) AS v(name)
	LEFT JOIN lagesbild_desk.account a ON a.name = v.name AND a.closed_at IS NULL
	LEFT JOIN lagesbild_desk.attempt t ON t.name = v.name
$$;

CREATE FUNCTION lagesbild_desk.session_json(who bigint, word text, second boolean) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('account', a.id, 'name', a.name, 'display', a.display, 'actor', a.actor, 'roles', a.roles, 'groups', a.groups,
		'sources', lagesbild_desk.sources_of(a.id), 'csrf', word, 'second', second)
	FROM lagesbild_desk.account a WHERE a.id = who
$$;

-- Notes an attempt; a good one opens a session and gives what its page needs to know.
CREATE FUNCTION lagesbild_desk.sign_in_end(given text, who bigint, good boolean, key text, word text, peer text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	a lagesbild_desk.account;
BEGIN
	IF NOT good THEN
		INSERT INTO lagesbild_desk.attempt AS t VALUES (lower(left(given, 100)), 1, now())
		ON CONFLICT (name) DO UPDATE SET failed = CASE WHEN t.last_at < now() - interval '15 minutes' THEN 1 ELSE t.failed + 1 END, last_at = now();
		PERFORM lagesbild_desk.note(who, 'sign-in refused', NULL, jsonb_build_object('peer', peer));
		RETURN NULL;
	END IF;
	SELECT * INTO STRICT a FROM lagesbild_desk.account k WHERE k.id = who;
	DELETE FROM lagesbild_desk.attempt t WHERE t.name = a.name;
	DELETE FROM lagesbild_desk.session s WHERE s.created_at < now() - interval '12 hours';
	INSERT INTO lagesbild_desk.session (key, account, csrf, second) VALUES (key, who, word, NOT a.external AND a.totp IS NULL);
	PERFORM lagesbild_desk.note(who, 'signed in', NULL, jsonb_build_object('peer', peer));
	RETURN lagesbild_desk.session_json(who, word, NOT a.external AND a.totp IS NULL);
END $$;

CREATE FUNCTION lagesbild_desk.sign_out(which text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM lagesbild_desk.note(s.account, 'signed out', NULL, NULL) FROM lagesbild_desk.session s WHERE s.key = which;
	DELETE FROM lagesbild_desk.session s WHERE s.key = which;
END $$;

CREATE FUNCTION lagesbild_desk.session_get(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT 200, CASE WHEN who = 0 THEN '{"account": null}'::jsonb ELSE lagesbild_desk.session_json(who, NULL, true) END
$$;

GRANT EXECUTE ON FUNCTION lagesbild_desk.session_find(text), lagesbild_desk.token_find(text), lagesbild_desk.sign_in_begin(text), lagesbild_desk.sign_in_end(text, bigint, boolean, text, text, text),
	lagesbild_desk.sign_out(text), lagesbild_desk.session_get(bigint, jsonb, jsonb) TO lagesbild_desk;

-- ---- accounts: the operator's command ----

CREATE FUNCTION lagesbild_desk.account_put(given text, shown text, of_actor text, given_roles text[], given_groups text[], is_external boolean, given_hash text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	made bigint;
BEGIN
	INSERT INTO lagesbild_desk.account AS a (name, display, actor, roles, groups, external, hash)
	VALUES (lower(given), shown, of_actor, given_roles, given_groups, is_external, given_hash)
	ON CONFLICT (name) DO UPDATE SET display = excluded.display, actor = excluded.actor, roles = excluded.roles, groups = excluded.groups,
		external = excluded.external, hash = coalesce(excluded.hash, a.hash), closed_at = NULL
	RETURNING id INTO made;
	DELETE FROM lagesbild_desk.session s WHERE s.account = made;
	PERFORM lagesbild_desk.note(NULL, 'account set', lower(given), jsonb_build_object('roles', given_roles, 'groups', given_groups));
	RETURN made;
END $$;

-- A new key under a label takes the place of the one before.
CREATE FUNCTION lagesbild_desk.token_put(given text, given_label text, given_key text, days integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	who bigint := (SELECT a.id FROM lagesbild_desk.account a WHERE a.name = lower(given) AND a.closed_at IS NULL);
BEGIN
	IF who IS NOT NULL THEN
		INSERT INTO lagesbild_desk.token (key, account, label, until) VALUES (given_key, who, given_label, now() + days * interval '1 day')
		ON CONFLICT (account, label) DO UPDATE SET key = excluded.key, created_at = now(), until = excluded.until;
		PERFORM lagesbild_desk.note(who, 'token made', given_label, jsonb_build_object('days', days));
	END IF;
	RETURN who;
END $$;
