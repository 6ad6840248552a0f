-- Editions from the desk: a coordinator freezes a draft, the groups comment, a coordinator approves and publishes. The figures are frozen by
-- 006_editions.sql; what people wrote freezes when the edition is approved. What anybody may read without an account stands at the end.

-- What was written when it was approved: sections, coming events, measures, levels. hash: SHA-256 of content as PostgreSQL prints it.
CREATE TABLE lagesbild_desk.edition_text (
	edition integer PRIMARY KEY REFERENCES lagesbild_store.edition,
	content jsonb NOT NULL,
	hash text NOT NULL CHECK (encode(sha256(convert_to(content::text, 'UTF8')), 'hex') = hash)
);
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON lagesbild_desk.edition_text
	FOR EACH STATEMENT EXECUTE FUNCTION lagesbild_store.edition_refuse();

-- Sources whose normalizer marks its incidents public: what anybody has been able to read elsewhere.
CREATE FUNCTION lagesbild_store.public_sources() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$ SELECT ARRAY['press'] $$;

CREATE FUNCTION lagesbild_desk.edition_of(arguments jsonb) RETURNS lagesbild_store.edition LANGUAGE plpgsql AS $$
DECLARE
	e lagesbild_store.edition;
BEGIN
	SELECT * INTO e FROM lagesbild_store.edition k WHERE k.id = lagesbild_desk.id_of(arguments) AND k.hash IS NOT NULL;
	IF NOT FOUND THEN
		PERFORM lagesbild_store.problem(404, 'Utgåvan finns inte', 'id');
	END IF;
	RETURN e;
END $$;

-- What stands beside the figures of a period: its texts, events of the 60 days after it, measures that are going on or changed in it, and what
-- has changed of the picture before it (the last that was approved) since that was frozen, source for source.
CREATE FUNCTION lagesbild_desk.words_of(e lagesbild_store.edition) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object(
		'sections', coalesce((SELECT t.sections FROM lagesbild_desk.text_sheet t WHERE t.period = e.period AND t.area = e.area), '{}'),
		'events', (SELECT coalesce(jsonb_agg(to_jsonb(v) - 'version' ORDER BY v.starts, v.id), '[]') FROM lagesbild_desk.event v
			WHERE v.state = 'planned' AND v.ends >= d.until AND v.starts <= d.until + 60),
		'measures', (SELECT coalesce(jsonb_agg(to_jsonb(m) - ARRAY['notes', 'public', 'public_text', 'version'] ORDER BY m.follow_up NULLS LAST, m.id), '[]')
			FROM lagesbild_desk.measure m WHERE m.state IN ('proposed', 'decided', 'ongoing', 'done') OR m.follow_up >= e.start AND m.follow_up < d.until + 60
				OR m.ends >= e.start AND m.ends < d.until),
		'actors', (SELECT jsonb_object_agg(a.code, a.sv) FROM lagesbild_desk.actor a),
		'priorities', (SELECT coalesce(jsonb_agg(to_jsonb(p) - 'version' ORDER BY p.area), '[]') FROM lagesbild_desk.priority p),
		'before', (SELECT jsonb_build_object('edition', b.id, 'period', b.period, 'changes', (SELECT coalesce(jsonb_agg(jsonb_build_object('month', c.month,
				'source', c.source, 'cause', c.cause, 'delta', c.delta) ORDER BY c.month DESC, c.source, c.cause), '[]')
			FROM (SELECT to_char(k.month, 'YYYY-MM') AS month, k.source, k.cause, sum(k.delta)::bigint AS delta FROM lagesbild_store.edition_changes(b.id) k
				WHERE k.month >= b.start AND k.delta <> 0 GROUP BY 1, 2, 3) c))
			FROM lagesbild_store.edition b WHERE b.id = (SELECT max(k.id) FROM lagesbild_store.edition k
				WHERE k.area = e.area AND k.months = e.months AND k.id < e.id AND k.state IN ('approved', 'published') AND k.start < e.start)))
	FROM (SELECT (e.start + e.months * interval '1 month')::date AS until) d
$$;

-- Changes of the sources that the reader sees, only.
CREATE FUNCTION lagesbild_desk.words_for(who bigint, words jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN words -> 'before' = 'null' THEN words ELSE jsonb_set(words, '{before,changes}', (SELECT coalesce(jsonb_agg(c ORDER BY n), '[]')
		FROM jsonb_array_elements(words -> 'before' -> 'changes') WITH ORDINALITY AS k(c, n) WHERE c ->> 'source' = ANY (lagesbild_desk.sources_of(who)))) END
$$;

CREATE FUNCTION lagesbild_desk.edition_json(who bigint, e lagesbild_store.edition) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT to_jsonb(e) - ARRAY['build', 'key_id'] || jsonb_build_object(
		'area_name', (SELECT a.name FROM lagesbild_store.edition_area a WHERE a.edition = e.id AND a.code = e.area),
		'superseded_by', (SELECT max(n.id) FROM lagesbild_store.edition n WHERE (n.start, n.months, n.area) = (e.start, e.months, e.area) AND n.id > e.id
			AND n.state <> 'withdrawn'),
		'events', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', v.at, 'by', v.by, 'event', v.event, 'comment', v.comment) ORDER BY v.n), '[]')
			FROM lagesbild_store.edition_event v WHERE v.edition = e.id),
		'text_hash', t.hash, 'words', lagesbild_desk.words_for(who, coalesce(t.content, lagesbild_desk.words_of(e))))
	FROM (SELECT 1) one LEFT JOIN lagesbild_desk.edition_text t ON t.edition = e.id
$$;

CREATE FUNCTION lagesbild_desk.edition_get(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT 200, lagesbild_desk.edition_json(who, lagesbild_desk.edition_of(arguments))
$$;

-- Who acts, as editions name them.
CREATE FUNCTION lagesbild_desk.display_of(who bigint) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT a.display FROM lagesbild_desk.account a WHERE a.id = who
$$;

-- Freezes a draft of {period, area}. In a transaction that sees one snapshot, under the lock of edition_freeze; tz and code as there.
CREATE FUNCTION lagesbild_desk.edition_new(who bigint, body jsonb, tz text, code text, OUT status integer, OUT answer jsonb)
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
	SELECT 201, lagesbild_desk.edition_json(who, e) INTO status, answer FROM lagesbild_store.edition e WHERE e.id = made;
END $$;

-- {comment}: by any member.
CREATE FUNCTION lagesbild_desk.edition_comment(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	e lagesbild_store.edition := lagesbild_desk.edition_of(arguments);
BEGIN
	IF jsonb_typeof(body -> 'comment') IS DISTINCT FROM 'string' OR length(btrim(body ->> 'comment')) NOT BETWEEN 1 AND 10000 THEN
		PERFORM lagesbild_store.problem(400, 'Kommentaren saknas eller är för lång', 'comment: 1 to 10000 characters');
	ELSIF e.state = 'withdrawn' THEN
		PERFORM lagesbild_store.problem(409, 'Utgåvan är tillbakadragen', 'state');
	END IF;
	PERFORM lagesbild_desk.refuse_personal(body);
	PERFORM lagesbild_store.edition_move(e.id, 'commented', lagesbild_desk.display_of(who), body ->> 'comment', false);
	PERFORM lagesbild_desk.note(who, 'edition commented', e.id::text, NULL);
	status := 201;
	answer := lagesbild_desk.edition_json(who, lagesbild_desk.edition_of(arguments));
END $$;

-- {state: approved | published | withdrawn, force}: approving freezes what is written and asks for the documents that stay.
CREATE FUNCTION lagesbild_desk.edition_state(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	e lagesbild_store.edition := lagesbild_desk.edition_of(arguments);
	wanted text := body ->> 'state';
	words jsonb := lagesbild_desk.words_of(e);
	refusal text;
BEGIN
	IF coalesce(wanted NOT IN ('approved', 'published', 'withdrawn'), true) THEN
		PERFORM lagesbild_store.problem(400, 'Läget finns inte', 'state: approved, published or withdrawn');
	ELSIF wanted = 'published' AND NOT e.complete AND NOT coalesce(body -> 'force' = 'true', false) THEN
		PERFORM lagesbild_store.problem(409, 'Perioden var inte hel när den frystes. Gör ett nytt utkast, eller publicera ändå.', 'force: ' || array_to_string(e.notes, ', '));
	END IF;
	SELECT m.refusal INTO refusal FROM lagesbild_store.edition_move(e.id, wanted, lagesbild_desk.display_of(who), NULL, true) m;
	IF refusal IS NOT NULL THEN
		PERFORM lagesbild_store.problem(409, CASE WHEN refusal LIKE '%superseded%' THEN 'En nyare utgåva har ersatt den här' ELSE 'Utgåvan kan inte gå till det läget' END,
			'state: ' || refusal);
	END IF;
	IF wanted = 'approved' THEN
		INSERT INTO lagesbild_desk.edition_text VALUES (e.id, words, encode(sha256(convert_to(words::text, 'UTF8')), 'hex'));
		PERFORM lagesbild_desk.document_want(e.id, n, true) FROM unnest(ARRAY['intern.pdf', 'intern.docx', 'offentlig.pdf']) AS n;
	END IF;
	PERFORM lagesbild_desk.note(who, 'edition ' || wanted, e.id::text, NULL);
	NOTIFY lagesbild_desk; -- what is remembered of the lists is looked at anew
	status := 200;
	answer := lagesbild_desk.edition_json(who, lagesbild_desk.edition_of(arguments));
END $$;

GRANT EXECUTE ON FUNCTION lagesbild_desk.edition_get(bigint, jsonb, jsonb), lagesbild_desk.edition_new(bigint, jsonb, text, text),
	lagesbild_desk.edition_comment(bigint, jsonb, jsonb), lagesbild_desk.edition_state(bigint, jsonb, jsonb) TO lagesbild_desk;

-- ---- for anybody: published editions, their public sources and the text for all; what the groups say they did ----

-- The last published one of each period and area.
CREATE FUNCTION lagesbild.api_public_editions(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('rows', coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'period', e.period, 'area', e.area, 'area_name', a.name,
		'published_at', e.published_at) ORDER BY e.start DESC, e.months, e.area), '[]'))
	FROM (SELECT DISTINCT ON (k.start, k.months, k.area) k.* FROM lagesbild_store.edition k WHERE k.state = 'published'
		ORDER BY k.start, k.months, k.area, k.id DESC) e
	JOIN lagesbild_store.edition_area a ON a.edition = e.id AND a.code = e.area
$$;

-- One of them: nothing in it depends on anything that is not frozen. Who has signed in sees the public version of one that is not published yet.
CREATE FUNCTION lagesbild.api_public_edition(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	e lagesbild_store.edition;
BEGIN
	SELECT * INTO e FROM lagesbild_store.edition k
	WHERE k.id = lagesbild_store.numbered(arguments ->> 'id', 'id') AND (k.state = 'published' OR cardinality(allowed) > 0 AND k.state <> 'withdrawn');
	IF NOT FOUND THEN
		PERFORM lagesbild_store.problem(404, 'Utgåvan finns inte', 'id');
	END IF;
	RETURN jsonb_build_object('id', e.id, 'period', e.period, 'published_at', e.published_at, 'hash', e.hash,
		'text', coalesce((SELECT t.content -> 'sections' ->> 'public' FROM lagesbild_desk.edition_text t WHERE t.edition = e.id),
			(SELECT t.sections ->> 'public' FROM lagesbild_desk.text_sheet t WHERE t.period = e.period AND t.area = e.area AND e.state IN ('draft', 'commented')), ''),
		'summary', lagesbild.summary(NULL, NULL, e.id, lagesbild_store.public_sources()) - ARRAY['today', 'next', 'previous', 'over']
			|| jsonb_build_object('complete', e.complete));
END $$;

CREATE FUNCTION lagesbild_desk.public_measures(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT 200, jsonb_build_object('rows', coalesce(jsonb_agg(jsonb_build_object('text', m.public_text, 'owner', o.sv, 'area_name', a.name,
		'state', m.state, 'ends', m.ends) ORDER BY m.state IN ('done', 'followed-up') DESC, m.ends DESC NULLS LAST, m.id), '[]'))
	FROM lagesbild_desk.measure m JOIN lagesbild_desk.actor o ON o.code = m.owner
	LEFT JOIN lagesbild_store.area a ON a.build = (SELECT build FROM lagesbild_store.build_current) AND a.code = m.area
	WHERE m.public AND m.state IN ('decided', 'ongoing', 'done', 'followed-up')
$$;
GRANT EXECUTE ON FUNCTION lagesbild_desk.public_measures(bigint, jsonb, jsonb) TO lagesbild_desk;

REVOKE EXECUTE ON FUNCTION lagesbild.api_public_editions(text[], jsonb), lagesbild.api_public_edition(text[], jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lagesbild.api_public_editions(text[], jsonb), lagesbild.api_public_edition(text[], jsonb) TO lagesbild_council, lagesbild_operator;

-- ---- today is what the figures say that it is (a demo's is its newest day) ----

CREATE OR REPLACE FUNCTION lagesbild_desk.measure_json(m lagesbild_desk.measure) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT to_jsonb(m) || jsonb_build_object('next', to_jsonb(lagesbild_desk.measure_next(m.state)), 'overdue', late.since IS NOT NULL,
		'days_late', today.d - late.since)
	FROM (SELECT lagesbild_store.today() AS d) AS today CROSS JOIN LATERAL (SELECT least(
		CASE WHEN m.state IN ('proposed', 'decided', 'ongoing') AND m.ends < today.d THEN m.ends END,
		CASE WHEN m.state IN ('decided', 'ongoing', 'done') AND m.follow_up < today.d THEN m.follow_up END) AS since) AS late
$$;

CREATE OR REPLACE FUNCTION lagesbild_desk.meeting_json(m lagesbild_desk.meeting) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT to_jsonb(m) || jsonb_build_object('span', lagesbild_desk.span_text(first, until), 'past', m.day < lagesbild_store.today(),
		'last_year', lagesbild_desk.span_text((first - interval '1 year')::date, (until - interval '1 year')::date))
	FROM (SELECT date_trunc('month', m.day)::date AS until, coalesce((SELECT max(date_trunc('month', p.day))::date FROM lagesbild_desk.meeting p
		WHERE p.grp = m.grp AND p.state <> 'cancelled' AND p.id <> m.id AND (p.day, p.id) < (m.day, m.id)),
		(date_trunc('month', m.day) - interval '1 month')::date) AS first) AS s
$$;
