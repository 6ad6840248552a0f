-- Which sources are seen by whom: what a source's release says (schemas/sources.csv), and what has been said of a group.

-- public: anybody has been able to read it elsewhere. internal: for the council's groups. restricted: for a group only that it has been shown to.
-- Here stands what the normalizers of this release's seven sources say; setup takes the file's word right after, and what no file names is seen by
-- nobody but coordinators and operators.
ALTER TABLE lagesbild_store.source ADD release text NOT NULL DEFAULT 'restricted' CHECK (release IN ('public', 'internal', 'restricted'));
UPDATE lagesbild_store.source SET release = CASE name WHEN 'press' THEN 'public' ELSE 'internal' END
WHERE name IN ('press', 'police', 'rescue', 'social', 'housing', 'citizen', 'staff');
CREATE TRIGGER told AFTER INSERT OR UPDATE OR DELETE ON lagesbild_store.source FOR EACH STATEMENT EXECUTE FUNCTION lagesbild_desk.told();

CREATE OR REPLACE FUNCTION lagesbild_store.public_sources() RETURNS text[] LANGUAGE sql STABLE AS $$
	SELECT coalesce(array_agg(s.name ORDER BY s.id), '{}') FROM lagesbild_store.source s WHERE s.release = 'public'
$$;

-- As in 020_figures.sql, and the sources: what anybody gets depends on their release.
CREATE OR REPLACE FUNCTION lagesbild.figures_version() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT md5(concat_ws(' ', c.build, (SELECT sum(p.next) FROM lagesbild_store.position p WHERE p.build = c.build),
		(SELECT count(*) || ' ' || max(at) FROM lagesbild_store.delivery_set), (SELECT max(n) FROM lagesbild_store.edition_event),
		lagesbild_store.today(), b.created_at, (SELECT string_agg(s::text, ' ' ORDER BY s.id) FROM lagesbild_store.source s)))
	FROM lagesbild_store.build_current c JOIN lagesbild_store.build b ON b.id = c.build
$$;

-- What was public when an edition was approved stays the most that anybody sees of it; before this file it was press alone.
ALTER TABLE lagesbild_desk.edition_text ADD public_sources text[] NOT NULL DEFAULT '{press}';
ALTER TABLE lagesbild_desk.edition_text ALTER public_sources SET DEFAULT lagesbild_store.public_sources();

-- As in 025_editions.sql, but for that: a source that is public no more is taken out, and one that has become so does not come in.
CREATE OR REPLACE FUNCTION lagesbild.api_public_edition(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	e lagesbild_store.edition;
	t lagesbild_desk.edition_text;
	seen text[] := lagesbild_store.public_sources();
BEGIN
	SELECT * INTO e FROM lagesbild_store.edition k
	WHERE k.id = lagesbild_store.numbered(arguments ->> 'id', 'id') AND (k.state = 'published' OR cardinality(allowed) > 0 AND k.state <> 'withdrawn');
	IF NOT FOUND THEN
		PERFORM lagesbild_store.problem(404, 'Utgåvan finns inte', 'id');
	END IF;
	SELECT * INTO t FROM lagesbild_desk.edition_text k WHERE k.edition = e.id;
	IF FOUND THEN
		seen := ARRAY(SELECT u FROM unnest(seen) u WHERE u = ANY (t.public_sources));
	END IF;
	RETURN jsonb_build_object('id', e.id, 'period', e.period, 'published_at', e.published_at, 'hash', e.hash,
		'text', coalesce(t.content -> 'sections' ->> 'public',
			(SELECT s.sections ->> 'public' FROM lagesbild_desk.text_sheet s WHERE s.period = e.period AND s.area = e.area AND e.state IN ('draft', 'commented')), ''),
		'summary', lagesbild.summary(NULL, NULL, e.id, seen) - ARRAY['today', 'next', 'previous', 'over']
			|| jsonb_build_object('complete', e.complete));
END $$;

-- ---- group by source ----

-- The restricted sources that a group sees; hidden (021_desk.sql) has the others that it does not.
CREATE TABLE lagesbild_desk.shown (
	grp text NOT NULL CHECK (grp IN ('steering', 'operational')),
	source text NOT NULL,
	PRIMARY KEY (grp, source)
);
CREATE TRIGGER told AFTER INSERT OR DELETE ON lagesbild_desk.shown FOR EACH STATEMENT EXECUTE FUNCTION lagesbild_desk.told();

CREATE FUNCTION lagesbild_desk.group_sees(g text, s lagesbild_store.source) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT NOT EXISTS (SELECT FROM lagesbild_desk.hidden h WHERE h.grp = g AND h.source = s.name)
		AND (s.release <> 'restricted' OR EXISTS (SELECT FROM lagesbild_desk.shown w WHERE w.grp = g AND w.source = s.name))
$$;

-- The sources that an account may see: what any of its groups sees; coordinator and operator all.
CREATE OR REPLACE FUNCTION lagesbild_desk.sources_of(who bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
	SELECT coalesce(array_agg(s.name ORDER BY s.id), '{}') FROM lagesbild_store.source s JOIN lagesbild_desk.account a ON a.id = who
	WHERE a.roles && ARRAY['coordinator', 'operator'] OR EXISTS (SELECT FROM unnest(a.groups) g WHERE lagesbild_desk.group_sees(g, s))
$$;

-- The operator's word on one group and source; null: there is none of that name. To show what is not restricted says nothing of what comes to be so.
CREATE FUNCTION lagesbild_desk.group_sight(g text, of_source text, sees boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	s lagesbild_store.source;
BEGIN
	SELECT * INTO s FROM lagesbild_store.source k WHERE k.name = of_source;
	IF NOT FOUND OR g <> ALL ('{steering,operational}') THEN
		RETURN NULL;
	ELSIF lagesbild_desk.group_sees(g, s) = sees AND (sees OR EXISTS (SELECT FROM lagesbild_desk.hidden h WHERE h.grp = g AND h.source = s.name)) THEN
		RETURN false; -- what is not seen because it is restricted is hidden all the same, whatever it becomes
	END IF;
	DELETE FROM lagesbild_desk.hidden h WHERE h.grp = g AND h.source = s.name;
	DELETE FROM lagesbild_desk.shown w WHERE w.grp = g AND w.source = s.name;
	IF NOT sees THEN
		INSERT INTO lagesbild_desk.hidden VALUES (g, s.name);
	ELSIF s.release = 'restricted' THEN
		INSERT INTO lagesbild_desk.shown VALUES (g, s.name);
	END IF;
	PERFORM lagesbild_desk.note(NULL, CASE WHEN sees THEN 'source shown' ELSE 'source hidden' END, g || ' ' || s.name, NULL);
	RETURN true;
END $$;

-- ---- an edition's notes name sources too: each reader gets those of the sources that it sees ----

-- not-over, filling:police:2026-05, lost:feed.police:3 (006_editions.sql, edition_obstacles).
CREATE FUNCTION lagesbild_store.notes_for(notes text[], allowed text[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(array_agg(u.note ORDER BY u.n), '{}') FROM unnest(notes) WITH ORDINALITY AS u(note, n)
	WHERE coalesce(substring(u.note FROM '^filling:([^:]+):'), substring(u.note FROM '^lost:.*feed[.]([^:]+):[0-9]+$')) = ANY (allowed) OR u.note = 'not-over'
$$;

CREATE OR REPLACE FUNCTION lagesbild.api_editions(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('rows', (SELECT coalesce(jsonb_agg(to_jsonb(e) - ARRAY['positions', 'build', 'key_id'] || jsonb_build_object(
		'notes', lagesbild_store.notes_for(e.notes, allowed), 'events',
		(SELECT jsonb_agg(jsonb_build_object('at', v.at, 'by', v.by, 'event', v.event, 'comment', v.comment) ORDER BY v.n)
		FROM lagesbild_store.edition_event v WHERE v.edition = e.id)) ORDER BY e.id DESC), '[]') FROM lagesbild.edition e))
$$;

CREATE OR REPLACE FUNCTION lagesbild_desk.edition_json(who bigint, e lagesbild_store.edition) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT to_jsonb(e) - ARRAY['build', 'key_id'] || jsonb_build_object(
		'notes', lagesbild_store.notes_for(e.notes, lagesbild_desk.sources_of(who)),
		'area_name', (SELECT a.name FROM lagesbild_store.edition_area a WHERE a.edition = e.id AND a.code = e.area),
		'superseded_by', (SELECT max(n.id) FROM lagesbild_store.edition n WHERE (n.start, n.months, n.area) = (e.start, e.months, e.area) AND n.id > e.id
			AND n.state <> 'withdrawn'),
		'events', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', v.at, 'by', v.by, 'event', v.event, 'comment', v.comment) ORDER BY v.n), '[]')
			FROM lagesbild_store.edition_event v WHERE v.edition = e.id),
		'text_hash', t.hash, 'words', lagesbild_desk.words_for(who, coalesce(t.content, lagesbild_desk.words_of(e))))
	FROM (SELECT 1) one LEFT JOIN lagesbild_desk.edition_text t ON t.edition = e.id
$$;
