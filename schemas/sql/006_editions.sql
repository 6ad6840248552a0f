-- Editions: published pictures, frozen. They stand outside the builds and hold codes, never a build's ids, so they outlive every build.
-- Figures freeze when the draft is made, for the period and the 36 months before it (hours and places: the 12 before), in the area and all
-- below it: enough to show the page again to the last digit, comparisons included. New figures are a new draft.

-- hash: null only while the draft is being made. complete: nothing stood in the way; else notes names it, such as filling:housing:2026-03.
-- The state, and who brought it there, is all that changes afterwards (edition_guard).
CREATE TABLE lagesbild_store.edition (
	id integer PRIMARY KEY,
	kind text NOT NULL CHECK (kind IN ('month', 'tertial', 'span')),
	period text NOT NULL,
	start date NOT NULL CHECK (extract(day FROM start) = 1),
	months integer NOT NULL CHECK (months BETWEEN 1 AND 60),
	area text NOT NULL,
	state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'commented', 'approved', 'published', 'withdrawn')),
	supersedes integer REFERENCES lagesbild_store.edition,
	complete boolean NOT NULL,
	notes text[] NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	created_by text NOT NULL,
	approved_at timestamptz,
	approved_by text,
	published_at timestamptz,
	published_by text,
	withdrawn_at timestamptz,
	withdrawn_by text,
	build text NOT NULL,
	zone text NOT NULL,
	tz_version text NOT NULL,
	key_id text NOT NULL,
	code_version text NOT NULL,
	mapping_hash text NOT NULL,
	categories_hash text NOT NULL,
	areas_hash text NOT NULL,
	hash text
);
CREATE INDEX ON lagesbild_store.edition (start, months, area);

-- The position of each partition of incidents, and the feeds' chains, in the same snapshot as the figures.
CREATE TABLE lagesbild_store.edition_position (
	edition integer NOT NULL,
	partition integer NOT NULL,
	next bigint NOT NULL,
	PRIMARY KEY (edition, partition)
);

CREATE TABLE lagesbild_store.edition_chain (
	edition integer NOT NULL,
	topic text NOT NULL,
	partition integer NOT NULL,
	epoch bigint NOT NULL,
	last_offset bigint NOT NULL,
	sequence bigint NOT NULL,
	lost bigint NOT NULL,
	PRIMARY KEY (edition, topic, partition, epoch)
);

-- n = 0 with n_suppressed = 0: delivered as 0.
CREATE TABLE lagesbild_store.edition_cell (
	edition integer NOT NULL,
	month date NOT NULL,
	municipality text NOT NULL,
	area text NOT NULL,
	category text NOT NULL,
	source text NOT NULL,
	n bigint NOT NULL,
	n_suppressed bigint NOT NULL,
	key_sum bigint NOT NULL,
	PRIMARY KEY (edition, month, area, category, source)
);

CREATE TABLE lagesbild_store.edition_hour (
	edition integer NOT NULL,
	month date NOT NULL,
	area text NOT NULL,
	category text NOT NULL,
	source text NOT NULL,
	weekday integer NOT NULL,
	hour integer NOT NULL,
	n bigint NOT NULL
);
CREATE INDEX ON lagesbild_store.edition_hour (edition, month);

CREATE TABLE lagesbild_store.edition_place (
	edition integer NOT NULL,
	month date NOT NULL,
	area text NOT NULL,
	category text NOT NULL,
	source text NOT NULL,
	place text NOT NULL,
	n bigint NOT NULL
);
CREATE INDEX ON lagesbild_store.edition_place (edition, month);

-- Missing is not zero, later neither: what each source had delivered for each frozen month, every source and month.
CREATE TABLE lagesbild_store.edition_delivery (
	edition integer NOT NULL,
	source text NOT NULL,
	municipality text NOT NULL,
	month date NOT NULL,
	state text NOT NULL,
	at timestamptz,
	by text,
	PRIMARY KEY (edition, source, municipality, month)
);

-- The names and flags that the page was printed with: all categories; the area, what lies in it and what it lies in; all sources.
CREATE TABLE lagesbild_store.edition_category (
	edition integer NOT NULL,
	code text NOT NULL,
	parent text,
	sv text NOT NULL,
	en text NOT NULL,
	flag text NOT NULL,
	est boolean NOT NULL,
	PRIMARY KEY (edition, code)
);

CREATE TABLE lagesbild_store.edition_area (
	edition integer NOT NULL,
	code text NOT NULL,
	parent text,
	kind text NOT NULL,
	name text NOT NULL,
	municipality text NOT NULL,
	institution boolean NOT NULL,
	PRIMARY KEY (edition, code)
);

-- imported: messages of signed history that the source had sent (intake).
CREATE TABLE lagesbild_store.edition_source (
	edition integer NOT NULL,
	source text NOT NULL,
	sv text NOT NULL,
	en text NOT NULL,
	short text NOT NULL,
	imported bigint NOT NULL,
	PRIMARY KEY (edition, source)
);

-- The rules that editions were made by, each content once: what rebuild needs when no build has them any more (edition_copy_rules).
CREATE TABLE lagesbild_store.edition_rules (
	hash text PRIMARY KEY,
	content text NOT NULL CHECK (encode(sha256(convert_to(content, 'UTF8')), 'hex') = hash)
);

-- Who did what with it, and what was said: only added to.
CREATE TABLE lagesbild_store.edition_event (
	n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	edition integer NOT NULL REFERENCES lagesbild_store.edition,
	at timestamptz NOT NULL DEFAULT now(),
	by text NOT NULL,
	event text NOT NULL CHECK (event IN ('draft', 'commented', 'approved', 'published', 'withdrawn')),
	comment text CHECK (length(comment) BETWEEN 1 AND 10000)
);
CREATE INDEX ON lagesbild_store.edition_event (edition);

-- ---- nothing changes afterwards, for nobody ----

CREATE FUNCTION lagesbild_store.edition_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'an edition is frozen: % of % is refused; new figures are a new draft', TG_OP, TG_TABLE_NAME
		USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION lagesbild_store.edition_only_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM (SELECT DISTINCT edition FROM added) a LEFT JOIN lagesbild_store.edition e ON e.id = a.edition
			WHERE e.id IS NULL OR e.hash IS NOT NULL) THEN
		RAISE EXCEPTION 'an edition is frozen: nothing is added to %; new figures are a new draft', TG_TABLE_NAME
			USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NULL;
END $$;

DO $$
DECLARE
	part text;
BEGIN
	FOREACH part IN ARRAY ARRAY['position', 'chain', 'cell', 'hour', 'place', 'delivery', 'category', 'area', 'source', 'rules', 'event'] LOOP
		EXECUTE format('CREATE TRIGGER refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON lagesbild_store.edition_%s '
			'FOR EACH STATEMENT EXECUTE FUNCTION lagesbild_store.edition_refuse()', part);
		IF part NOT IN ('rules', 'event') THEN
			EXECUTE format('CREATE TRIGGER only_new AFTER INSERT ON lagesbild_store.edition_%s REFERENCING NEW TABLE AS added '
				'FOR EACH STATEMENT EXECUTE FUNCTION lagesbild_store.edition_only_new()', part);
		END IF;
	END LOOP;
END $$;

-- Forward only: draft, commented, approved, published; withdrawn from any of them, and from there nowhere. What a newer edition of the same
-- period and area has taken the place of goes no further but out.
CREATE FUNCTION lagesbild_store.edition_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	free text[] := ARRAY['state'];
	newer integer;
BEGIN
	IF TG_OP = 'INSERT' THEN
		IF NEW.state <> 'draft' OR NEW.hash IS NOT NULL THEN
			RAISE EXCEPTION 'an edition begins as a draft' USING ERRCODE = 'restrict_violation';
		END IF;
		RETURN NEW;
	END IF;
	IF OLD.hash IS NULL AND NEW.hash IS NOT NULL AND NEW.state = OLD.state THEN
		free := ARRAY['hash'];
	ELSIF OLD.hash IS NULL OR NOT (CASE OLD.state
			WHEN 'draft' THEN NEW.state IN ('commented', 'approved', 'withdrawn')
			WHEN 'commented' THEN NEW.state IN ('approved', 'withdrawn')
			WHEN 'approved' THEN NEW.state IN ('published', 'withdrawn')
			WHEN 'published' THEN NEW.state = 'withdrawn'
			ELSE false END) THEN
		RAISE EXCEPTION 'edition % is %: it cannot become %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
	ELSE
		free := free || CASE WHEN NEW.state = 'commented' THEN '{}' ELSE ARRAY[NEW.state || '_at', NEW.state || '_by'] END;
	END IF;
	IF to_jsonb(NEW) - free <> to_jsonb(OLD) - free THEN
		RAISE EXCEPTION 'an edition is frozen: only its state changes; new figures are a new draft' USING ERRCODE = 'restrict_violation';
	END IF;
	IF NEW.state IN ('approved', 'published') THEN
		SELECT max(e.id) INTO newer FROM lagesbild_store.edition e
		WHERE (e.start, e.months, e.area) = (OLD.start, OLD.months, OLD.area) AND e.id > OLD.id AND e.state <> 'withdrawn';
		IF newer IS NOT NULL THEN
			RAISE EXCEPTION 'edition % has been superseded by edition %', OLD.id, newer USING ERRCODE = 'restrict_violation';
		END IF;
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON lagesbild_store.edition FOR EACH ROW EXECUTE FUNCTION lagesbild_store.edition_guard();
CREATE TRIGGER refuse BEFORE DELETE OR TRUNCATE ON lagesbild_store.edition
	FOR EACH STATEMENT EXECUTE FUNCTION lagesbild_store.edition_refuse();

-- ---- what a build says now, in codes ----

-- The content of a build's rules (what: mapping, categories or areas): a line a row, its values parted by tabs, sorted bytewise, each ended by
-- a newline. Ids are not in it.
CREATE FUNCTION lagesbild_store.rules_text(which smallint, what text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT coalesce(string_agg(line || E'\n', '' ORDER BY line COLLATE "C"), '') FROM (
		SELECT concat_ws(E'\t', s.name, m.source_type, g.code, m.unknown_key) AS line
		FROM lagesbild_store.mapping m JOIN lagesbild_store.source s ON s.id = m.source
		JOIN lagesbild_store.category g ON g.build = m.build AND g.id = m.category WHERE m.build = which AND what = 'mapping'
		UNION ALL SELECT concat_ws(E'\t', code, coalesce(parent, ''), sv, en, flag, est)
		FROM lagesbild_store.category WHERE build = which AND what = 'categories'
		UNION ALL SELECT concat_ws(E'\t', code, coalesce(parent, ''), kind, name, municipality, institution)
		FROM lagesbild_store.area WHERE build = which AND what = 'areas') l
$$;

-- SHA-256 of it.
CREATE FUNCTION lagesbild_store.rules_hash(which smallint, what text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT encode(sha256(convert_to(lagesbild_store.rules_text(which, what), 'UTF8')), 'hex')
$$;

-- Cells of the area coded inside and all below it, of month numbers from lo up to, not with, hi.
CREATE FUNCTION lagesbild_store.cells_in(which smallint, inside text, lo bigint, hi bigint) RETURNS TABLE (cell bigint, month date,
	municipality text, area text, category text, source text, n bigint, n_suppressed bigint, key_sum bigint) LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT c.cell, lagesbild_store.month_date(c.cell >> 32), a.municipality, a.code, g.code, s.name, c.n, c.n_suppressed, c.key_sum
	FROM lagesbild_store.area up
	JOIN lagesbild_store.area_ancestor aa ON aa.build = which AND aa.ancestor = up.id
	JOIN lagesbild_store.area a ON a.build = which AND a.id = aa.area
	JOIN lagesbild_store.cell c ON c.build = which AND ((c.cell >> 16) & 65535)::int = a.id AND c.cell >= lo << 32 AND c.cell < hi << 32
	JOIN lagesbild_store.category g ON g.build = which AND g.id = ((c.cell >> 6) & 1023)::smallint
	JOIN lagesbild_store.source s ON s.id = (c.cell & 63)::smallint
	WHERE up.build = which AND up.code = inside AND (c.n <> 0 OR c.n_suppressed <> 0 OR c.key_sum <> 0)
$$;

CREATE FUNCTION lagesbild_store.hours_in(which smallint, inside text, lo bigint, hi bigint) RETURNS TABLE (month date,
	area text, category text, source text, weekday integer, hour integer, n bigint) LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT lagesbild_store.month_date(c.slot >> 40), a.code, g.code, s.name, ((c.slot & 255) / 24 + 1)::int, ((c.slot & 255) % 24)::int, c.n
	FROM lagesbild_store.area up
	JOIN lagesbild_store.area_ancestor aa ON aa.build = which AND aa.ancestor = up.id
	JOIN lagesbild_store.area a ON a.build = which AND a.id = aa.area
	JOIN lagesbild_store.slot c ON c.build = which AND ((c.slot >> 24) & 65535)::int = a.id AND c.slot >= lo << 40 AND c.slot < hi << 40
	JOIN lagesbild_store.category g ON g.build = which AND g.id = ((c.slot >> 14) & 1023)::smallint
	JOIN lagesbild_store.source s ON s.id = ((c.slot >> 8) & 63)::smallint
	WHERE up.build = which AND up.code = inside AND c.n <> 0
$$;

CREATE FUNCTION lagesbild_store.places_in(which smallint, inside text, lo bigint, hi bigint) RETURNS TABLE (month date,
	area text, category text, source text, place text, n bigint) LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT lagesbild_store.month_date(c.cell >> 32), a.code, g.code, s.name, p.name, c.n
	FROM lagesbild_store.area up
	JOIN lagesbild_store.area_ancestor aa ON aa.build = which AND aa.ancestor = up.id
	JOIN lagesbild_store.area a ON a.build = which AND a.id = aa.area
	JOIN lagesbild_store.place c ON c.build = which AND ((c.cell >> 16) & 65535)::int = a.id AND c.cell >= lo << 32 AND c.cell < hi << 32
	JOIN lagesbild_store.area p ON p.build = which AND p.id = c.place
	JOIN lagesbild_store.category g ON g.build = which AND g.id = ((c.cell >> 6) & 1023)::smallint
	JOIN lagesbild_store.source s ON s.id = (c.cell & 63)::smallint
	WHERE up.build = which AND up.code = inside AND c.n <> 0
$$;

-- ---- making one ----

-- What stands in the way of a picture of these months: a code for the edition's notes, and a sentence. The feeds' ends, which only Kafka
-- knows, are for the caller to look at.
CREATE FUNCTION lagesbild_store.edition_obstacles(first date, length integer, inside text) RETURNS TABLE (note text, sentence text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT 'not-over', format('the period is not over: its last day is %s, today counts as %s', last, today)
	FROM (SELECT (first + length * interval '1 month')::date - 1 AS last, lagesbild_store.today() AS today) d WHERE today < last
	UNION ALL
	(SELECT format('filling:%s:%s', t.source, to_char(m.month, 'YYYY-MM')),
		format('%s is still filling %s', t.source, to_char(m.month, 'YYYY-MM'))
	FROM lagesbild_store.build_current bc JOIN lagesbild_store.area a ON a.build = bc.build AND a.code = inside
	CROSS JOIN LATERAL lagesbild_store.states_in(a.municipality) t
	CROSS JOIN LATERAL (SELECT lagesbild_store.month_date(t.m) AS month) m
	WHERE t.state = 'filling' AND m.month >= first AND m.month < first + length * interval '1 month' ORDER BY t.source, t.m)
	UNION ALL
	(SELECT format('lost:%s:%s', g.topic, g.partition), format('%s partition %s: %s messages are lost', g.topic, g.partition,
		sum(g.last_sequence - g.first_sequence + 1))
	FROM lagesbild_store.gap g JOIN lagesbild_store.build_current bc ON bc.build = g.build GROUP BY g.topic, g.partition ORDER BY 1)
$$;

-- Freezes a draft and returns its number. Needs one snapshot for all it reads, so REPEATABLE READ; callers take turns by
-- pg_advisory_lock(1883) before they begin. The caller says what only it knows: the version of the code and of its time-zone data, and
-- what else stands in the way (notes). An empty author is whoever is signed in to the database.
CREATE FUNCTION lagesbild_store.edition_freeze(first date, length integer, inside text, author text, tz text, code text, more_notes text[])
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET enable_nestloop = off SET work_mem = '64MB' AS $$
DECLARE
	b lagesbild_store.build;
	made integer;
	lo bigint := lagesbild_store.month_number(first) - 36;
	hi bigint := lagesbild_store.month_number(first) + length;
	known text[];
BEGIN
	IF current_setting('transaction_isolation') NOT IN ('repeatable read', 'serializable') THEN
		RAISE EXCEPTION 'an edition is one snapshot: begin a REPEATABLE READ transaction' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	SELECT k.* INTO STRICT b FROM lagesbild_store.build k JOIN lagesbild_store.build_current c ON c.build = k.id;
	IF NOT EXISTS (SELECT FROM lagesbild_store.area a WHERE a.build = b.id AND a.code = inside) THEN
		RAISE EXCEPTION 'there is no area %', inside USING ERRCODE = 'restrict_violation';
	END IF;
	SELECT coalesce(max(id), 0) + 1 INTO made FROM lagesbild_store.edition;
	SELECT coalesce(array_agg(o.note), '{}') || more_notes INTO known FROM lagesbild_store.edition_obstacles(first, length, inside) o;

	INSERT INTO lagesbild_store.edition (id, kind, period, start, months, area, supersedes, complete, notes, created_by, build, zone, tz_version,
		key_id, code_version, mapping_hash, categories_hash, areas_hash)
	SELECT made, CASE WHEN length = 1 THEN 'month' WHEN length = 4 AND extract(month FROM first) IN (1, 5, 9) THEN 'tertial' ELSE 'span' END,
		CASE WHEN length = 1 THEN to_char(first, 'YYYY-MM')
			WHEN length = 4 AND extract(month FROM first) IN (1, 5, 9) THEN to_char(first, 'YYYY') || 'T' || ceil(extract(month FROM first) / 4)
			WHEN length = 12 AND extract(month FROM first) = 1 THEN to_char(first, 'YYYY')
			ELSE to_char(first, 'YYYY-MM/') || to_char(first + (length - 1) * interval '1 month', 'YYYY-MM') END,
		first, length, inside, (SELECT max(e.id) FROM lagesbild_store.edition e
			WHERE (e.start, e.months, e.area) = (first, length, inside) AND e.state <> 'withdrawn'),
		known = '{}', known, coalesce(nullif(author, ''), session_user), b.name, b.zone, tz,
		coalesce((SELECT value FROM lagesbild_store.setting WHERE name = 'key_id'), ''), code,
		lagesbild_store.rules_hash(b.id, 'mapping'), lagesbild_store.rules_hash(b.id, 'categories'), lagesbild_store.rules_hash(b.id, 'areas');

	INSERT INTO lagesbild_store.edition_rules
	SELECT lagesbild_store.rules_hash(b.id, what), lagesbild_store.rules_text(b.id, what) FROM unnest(ARRAY['mapping', 'categories', 'areas']) AS what
	ON CONFLICT DO NOTHING;

	INSERT INTO lagesbild_store.edition_position SELECT made, partition, next FROM lagesbild_store.position WHERE build = b.id;
	INSERT INTO lagesbild_store.edition_chain
	SELECT made, c.topic, c.partition, c.epoch, c.last_offset, c.sequence, coalesce(sum(g.last_sequence - g.first_sequence + 1), 0)
	FROM lagesbild_store.chain c LEFT JOIN lagesbild_store.gap g USING (build, topic, partition, epoch)
	WHERE c.build = b.id GROUP BY c.topic, c.partition, c.epoch, c.last_offset, c.sequence;

	INSERT INTO lagesbild_store.edition_cell SELECT made, month, municipality, area, category, source, n, n_suppressed, key_sum
	FROM lagesbild_store.cells_in(b.id, inside, lo, hi);
	INSERT INTO lagesbild_store.edition_hour SELECT made, h.* FROM lagesbild_store.hours_in(b.id, inside, lo + 24, hi) h;
	INSERT INTO lagesbild_store.edition_place SELECT made, p.* FROM lagesbild_store.places_in(b.id, inside, lo + 24, hi) p;

	INSERT INTO lagesbild_store.edition_category
	SELECT made, g.code, g.parent, g.sv, g.en, g.flag, g.est FROM lagesbild_store.category g WHERE g.build = b.id;
	INSERT INTO lagesbild_store.edition_area
	SELECT made, a.code, a.parent, a.kind, a.name, a.municipality, a.institution
	FROM lagesbild_store.area up JOIN lagesbild_store.area a ON a.build = up.build
	WHERE up.build = b.id AND up.code = inside AND EXISTS (SELECT FROM lagesbild_store.area_ancestor aa
		WHERE aa.build = b.id AND (aa.area, aa.ancestor) IN ((a.id, up.id), (up.id, a.id)));
	INSERT INTO lagesbild_store.edition_source
	SELECT made, s.name, s.sv, s.en, s.short, lagesbild_store.imported(s.id) FROM lagesbild_store.source s;

	INSERT INTO lagesbild_store.edition_delivery
	WITH codes AS MATERIALIZED (
		SELECT DISTINCT c.municipality FROM lagesbild_store.edition_cell c WHERE c.edition = made
		UNION SELECT a.municipality FROM lagesbild_store.area a WHERE a.build = b.id AND a.code = inside),
	said AS MATERIALIZED (SELECT * FROM lagesbild_store.source_month_set),
	states AS MATERIALIZED (SELECT t.source, t.scope, t.m, t.state FROM lagesbild_store.month_state t WHERE t.m >= lo AND t.m < hi)
	SELECT made, s.name, k.municipality, lagesbild_store.month_date(m.m),
		coalesce(t.state, CASE WHEN lagesbild_store.month_date(m.m) > lagesbild_store.today() THEN 'filling' ELSE 'not_connected' END), d.at, d.by
	FROM lagesbild_store.source s CROSS JOIN codes k CROSS JOIN generate_series(lo, hi - 1) AS m(m)
	LEFT JOIN states t ON t.source = s.name AND t.m = m.m
		AND t.scope = CASE WHEN (s.name, k.municipality) IN (SELECT source, municipality FROM said) THEN k.municipality ELSE '' END
	LEFT JOIN said d ON d.source = s.name AND d.municipality = k.municipality AND d.m = m.m;

	ANALYZE lagesbild_store.edition_cell;
	UPDATE lagesbild_store.edition SET hash = lagesbild_store.edition_hash(made) WHERE id = made;
	INSERT INTO lagesbild_store.edition_event (edition, by, event)
	SELECT id, created_by, 'draft' FROM lagesbild_store.edition WHERE id = made;
	RETURN made;
END $$;

-- Messages of signed history that a source has sent: upserts whose lag is not measured.
CREATE FUNCTION lagesbild_store.imported(which smallint) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT coalesce(sum(CASE WHEN measure = 0 THEN n WHEN measure >= 3 THEN -n END), 0)::bigint FROM lagesbild_store.intake WHERE source = which
$$;

-- An edition goes on to a state, or is only commented on (any state but withdrawn; the first comment on a draft makes it 'commented').
-- Gives its state afterwards, and why it was refused (null: it was not). What was not complete when it was frozen is published by force only.
CREATE FUNCTION lagesbild_store.edition_move(which integer, target text, author text, words text, force boolean,
	OUT state text, OUT refusal text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	was lagesbild_store.edition;
	who text := coalesce(nullif(author, ''), session_user);
BEGIN
	SELECT * INTO was FROM lagesbild_store.edition e WHERE e.id = which FOR UPDATE;
	state := was.state;
	IF was.id IS NULL THEN
		refusal := format('there is no edition %s', which);
		RETURN;
	ELSIF target = 'published' AND NOT was.complete AND NOT force THEN
		refusal := format('edition %s was frozen incomplete (%s): make a new draft, or --force', which, array_to_string(was.notes, ', '));
		RETURN;
	END IF;
	IF target <> 'commented' OR was.state NOT IN ('commented', 'approved', 'published') THEN
		BEGIN
			UPDATE lagesbild_store.edition e SET state = target,
				approved_at = CASE WHEN target = 'approved' THEN now() ELSE e.approved_at END,
				approved_by = CASE WHEN target = 'approved' THEN who ELSE e.approved_by END,
				published_at = CASE WHEN target = 'published' THEN now() ELSE e.published_at END,
				published_by = CASE WHEN target = 'published' THEN who ELSE e.published_by END,
				withdrawn_at = CASE WHEN target = 'withdrawn' THEN now() ELSE e.withdrawn_at END,
				withdrawn_by = CASE WHEN target = 'withdrawn' THEN who ELSE e.withdrawn_by END
			WHERE e.id = which;
		EXCEPTION WHEN restrict_violation THEN
			refusal := SQLERRM;
			RETURN;
		END;
	END IF;
	INSERT INTO lagesbild_store.edition_event (edition, by, event, comment) VALUES (which, who, target, nullif(words, ''));
	state := (SELECT e.state FROM lagesbild_store.edition e WHERE e.id = which);
END $$;

-- ---- the frozen content as text, which the hash is of ----

-- One line a frozen row, its values parted by tabs (null: nothing, true and false: t and f, a month as YYYY-MM, a time in UTC as
-- YYYY-MM-DDTHH:MM:SS.UUUUUUZ), sorted bytewise. The hash is SHA-256 over these lines in UTF-8, each ended by a newline, so anybody can see
-- for themselves:  psql -XAtqc 'SELECT * FROM lagesbild.edition_text(7)' | sha256sum
-- The state, comments and names of those who acted are not in it: they come after the freezing.
CREATE FUNCTION lagesbild_store.edition_lines(which integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT line FROM (
		SELECT concat_ws(E'\t', 'edition', h.name, h.value) AS line FROM lagesbild_store.edition e CROSS JOIN LATERAL (VALUES
			('number', e.id::text), ('period', e.period), ('start', to_char(e.start, 'YYYY-MM')), ('months', e.months::text), ('area', e.area),
			('created_at', to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), ('notes', array_to_string(e.notes, ' ')),
			('build', e.build), ('zone', e.zone), ('tz_version', e.tz_version), ('key_id', e.key_id), ('code_version', e.code_version),
			('mapping_hash', e.mapping_hash), ('categories_hash', e.categories_hash), ('areas_hash', e.areas_hash)) AS h(name, value)
		WHERE e.id = which
		UNION ALL SELECT concat_ws(E'\t', 'position', partition, next) FROM lagesbild_store.edition_position WHERE edition = which
		UNION ALL SELECT concat_ws(E'\t', 'chain', topic, partition, epoch, last_offset, sequence, lost)
		FROM lagesbild_store.edition_chain WHERE edition = which
		UNION ALL SELECT concat_ws(E'\t', 'cell', to_char(month, 'YYYY-MM'), municipality, area, category, source, n, n_suppressed, key_sum)
		FROM lagesbild_store.edition_cell WHERE edition = which
		UNION ALL SELECT concat_ws(E'\t', 'hour', to_char(month, 'YYYY-MM'), area, category, source, weekday, hour, n)
		FROM lagesbild_store.edition_hour WHERE edition = which
		UNION ALL SELECT concat_ws(E'\t', 'place', to_char(month, 'YYYY-MM'), area, category, source, place, n)
		FROM lagesbild_store.edition_place WHERE edition = which
		UNION ALL SELECT concat_ws(E'\t', 'delivery', source, municipality, to_char(month, 'YYYY-MM'), state,
			coalesce(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ''), coalesce(by, ''))
		FROM lagesbild_store.edition_delivery WHERE edition = which
		UNION ALL SELECT concat_ws(E'\t', 'category', code, coalesce(parent, ''), sv, en, flag, est)
		FROM lagesbild_store.edition_category WHERE edition = which
		UNION ALL SELECT concat_ws(E'\t', 'area', code, coalesce(parent, ''), kind, name, municipality, institution)
		FROM lagesbild_store.edition_area WHERE edition = which
		UNION ALL SELECT concat_ws(E'\t', 'source', source, sv, en, short, imported) FROM lagesbild_store.edition_source WHERE edition = which) l
$$;

CREATE FUNCTION lagesbild.edition_text(which integer) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT line FROM lagesbild_store.edition_lines(which) AS line ORDER BY line COLLATE "C"
$$;

CREATE FUNCTION lagesbild_store.edition_hash(which integer) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT encode(sha256(convert_to(string_agg(line || E'\n', '' ORDER BY line COLLATE "C"), 'UTF8')), 'hex')
	FROM lagesbild_store.edition_lines(which) AS line
$$;

-- Up to where a rebuild of the edition reads each partition of incidents: the next offset, which is no longer in it.
CREATE FUNCTION lagesbild_store.edition_positions(which integer) RETURNS TABLE (partition integer, next bigint) LANGUAGE sql STABLE AS $$
	SELECT p.partition, p.next FROM lagesbild_store.edition_position p WHERE p.edition = which ORDER BY 1
$$;

-- An edition's rules as those of a new build, which has none yet. The ids are those of a build with the same rules while there is one.
CREATE FUNCTION lagesbild_store.edition_copy_rules(which integer, target smallint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	e lagesbild_store.edition;
	twin smallint;
BEGIN
	SELECT * INTO STRICT e FROM lagesbild_store.edition k WHERE k.id = which;
	SELECT k.id INTO twin FROM lagesbild_store.build k WHERE k.id <> target AND (e.mapping_hash, e.categories_hash, e.areas_hash) = (
		lagesbild_store.rules_hash(k.id, 'mapping'), lagesbild_store.rules_hash(k.id, 'categories'), lagesbild_store.rules_hash(k.id, 'areas'))
	ORDER BY k.id LIMIT 1;
	IF twin IS NOT NULL THEN
		PERFORM lagesbild_store.build_copy_rules(twin, target);
		RETURN;
	END IF;
	INSERT INTO lagesbild_store.category SELECT target, n, f[1], nullif(f[2], ''), f[3], f[4], f[5], f[6]::boolean
	FROM lagesbild_store.edition_lines_of(e.categories_hash);
	INSERT INTO lagesbild_store.area SELECT target, n, f[1], nullif(f[2], ''), f[3], f[4], f[5], f[6]::boolean
	FROM lagesbild_store.edition_lines_of(e.areas_hash);
	INSERT INTO lagesbild_store.mapping SELECT target, n, s.id, f[2], g.id, f[4] FROM lagesbild_store.edition_lines_of(e.mapping_hash)
	JOIN lagesbild_store.source s ON s.name = f[1] JOIN lagesbild_store.category g ON g.build = target AND g.code = f[3];
	PERFORM lagesbild_store.build_close_trees(target);
END $$;

CREATE FUNCTION lagesbild_store.edition_lines_of(which text) RETURNS TABLE (n bigint, f text[]) LANGUAGE sql STABLE AS $$
	SELECT l.n, string_to_array(l.line, E'\t') FROM lagesbild_store.edition_rules r, string_to_table(rtrim(r.content, E'\n'), E'\n')
		WITH ORDINALITY AS l(line, n) WHERE r.hash = which
$$;

-- ---- what has changed since ----

-- Now less frozen, cell by cell, with cause; the deltas of a cell add up to it. First what the change log says of records at or beyond the
-- edition's positions. The rest are first arrivals, which the log leaves out, when
--   new        the month was not over when the edition was made, or messages were missing then, or feeds have been read anew since (replay);
--   backfill   signed history: what else arrives first after its month's end stands in the log as late. Only if the source has sent any since;
--   mapping    the current build's mapping, categories or areas are others than the edition's;
--   unexplained   otherwise: verify reports it.
-- small-count: rows whose count is withheld have come or gone; n has not moved by them.
CREATE FUNCTION lagesbild_store.edition_changes(which integer) RETURNS TABLE (month date, municipality text, area text, category text,
	source text, cause text, delta bigint, n_suppressed_delta bigint, frozen bigint, frozen_suppressed bigint, now bigint, now_suppressed bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET plan_cache_mode = force_custom_plan
SET enable_nestloop = off SET enable_mergejoin = off SET work_mem = '64MB' SET parallel_tuple_cost = 0.01 AS $$
DECLARE
	e lagesbild_store.edition;
	b smallint;
	same boolean;
	lo bigint;
	hi bigint;
	lowest bigint; -- of its positions; 0 when a partition has come since
	imported text[]; -- sources that have sent signed history since
	again text[]; -- sources whose feed has been read anew since, or a gap in it filled
BEGIN
	SELECT * INTO e FROM lagesbild_store.edition k WHERE k.id = which;
	SELECT build INTO b FROM lagesbild_store.build_current;
	same := (e.mapping_hash, e.categories_hash, e.areas_hash) = (lagesbild_store.rules_hash(b, 'mapping'),
		lagesbild_store.rules_hash(b, 'categories'), lagesbild_store.rules_hash(b, 'areas'));
	lo := lagesbild_store.month_number(e.start) - 36;
	hi := lagesbild_store.month_number(e.start) + e.months;
	SELECT coalesce(min(coalesce(k.next, 0)), 0) INTO lowest FROM lagesbild_store.position p
	LEFT JOIN lagesbild_store.edition_position k ON k.edition = which AND k.partition = p.partition WHERE p.build = b;
	imported := ARRAY(SELECT s.name FROM lagesbild_store.source s LEFT JOIN lagesbild_store.edition_source k ON k.edition = which AND k.source = s.name
		WHERE lagesbild_store.imported(s.id) > coalesce(k.imported, 0));
	again := ARRAY(SELECT DISTINCT substring(c.topic FROM 'feed\.([a-z]+)$')
		FROM lagesbild_store.chain c LEFT JOIN lagesbild_store.edition_chain k
			ON (k.edition, k.topic, k.partition, k.epoch) = (which, c.topic, c.partition, c.epoch)
		WHERE c.build = b AND (k.lost > 0 OR k.epoch IS NULL AND EXISTS (
			SELECT FROM lagesbild_store.edition_chain o WHERE (o.edition, o.topic, o.partition) = (which, c.topic, c.partition))));
	-- By the build's own cell numbers, so that what has not moved is passed over without a name; codes that this build does not know
	-- have none, and follow at the end.
	RETURN QUERY
	WITH tree AS MATERIALIZED (
		SELECT a.id, a.code, a.municipality FROM lagesbild_store.area up
		JOIN lagesbild_store.area_ancestor aa ON aa.build = b AND aa.ancestor = up.id
		JOIN lagesbild_store.area a ON a.build = b AND a.id = aa.area WHERE up.build = b AND up.code = e.area),
	calendar AS MATERIALIZED (SELECT m, lagesbild_store.month_date(m) AS month FROM generate_series(lo, hi - 1) AS m),
	sums AS MATERIALIZED (
		SELECT l.cell, l.cause, sum(l.delta)::bigint AS delta
		FROM lagesbild_store.change_log l LEFT JOIN lagesbild_store.edition_position p ON p.edition = which AND p.partition = l.incidents_partition
		WHERE l.build = b AND l.incidents_offset >= lowest AND l.cell >= lo << 32 AND l.cell < hi << 32
		AND (p.next IS NULL OR l.incidents_offset >= p.next) GROUP BY 1, 2),
	logged AS MATERIALIZED (SELECT c.* FROM sums c JOIN tree t ON t.id = ((c.cell >> 16) & 65535)::int WHERE c.delta <> 0),
	present AS (
		SELECT c.cell, c.n, c.n_suppressed AS hid FROM lagesbild_store.cell c JOIN tree t ON t.id = ((c.cell >> 16) & 65535)::int
		WHERE c.build = b AND c.cell >= lo << 32 AND c.cell < hi << 32),
	past AS (
		SELECT (k.m << 32) | (t.id << 16) | (g.id << 6) | s.id AS cell, c.n, c.n_suppressed AS hid
		FROM lagesbild_store.edition_cell c JOIN tree t ON t.code = c.area JOIN calendar k ON k.month = c.month
		JOIN lagesbild_store.category g ON g.build = b AND g.code = c.category JOIN lagesbild_store.source s ON s.name = c.source
		WHERE c.edition = which),
	moved AS MATERIALIZED (
		SELECT cell, coalesce(f.n, 0) AS frozen, coalesce(f.hid, 0) AS frozen_hid, coalesce(c.n, 0) AS now, coalesce(c.hid, 0) AS now_hid,
			coalesce(c.n, 0) - coalesce(f.n, 0) - coalesce(l.delta, 0) AS rest
		FROM present c FULL JOIN past f USING (cell)
		FULL JOIN (SELECT k.cell, sum(k.delta)::bigint AS delta FROM logged k GROUP BY 1) l USING (cell)
		WHERE l.delta IS NOT NULL OR c.n IS DISTINCT FROM f.n OR c.hid IS DISTINCT FROM f.hid),
	named AS MATERIALIZED (
		SELECT c.*, k.month, t.municipality, t.code AS area, g.code AS category, s.name AS source, coalesce(s.name = ANY (imported), false) AS imported,
			coalesce(s.name = ANY (again), false) AS again
		FROM moved c JOIN tree t ON t.id = ((c.cell >> 16) & 65535)::int JOIN calendar k ON k.m = c.cell >> 32
		JOIN lagesbild_store.category g ON g.build = b AND g.id = ((c.cell >> 6) & 1023)::smallint
		JOIN lagesbild_store.source s ON s.id = (c.cell & 63)::smallint),
	lines AS (
		SELECT l.cell, l.cause, l.delta, 0::bigint AS hid FROM logged l
		UNION ALL
		SELECT c.cell, CASE WHEN NOT same THEN 'mapping' WHEN c.rest < 0 THEN 'unexplained'
			WHEN NOT e.complete OR e.created_at < (c.month + interval '1 month') AT TIME ZONE e.zone THEN 'new'
			WHEN c.imported THEN 'backfill' WHEN c.again THEN 'new' ELSE 'unexplained' END, c.rest, 0
		FROM named c WHERE c.rest <> 0
		UNION ALL
		SELECT c.cell, CASE WHEN same THEN 'small-count' ELSE 'mapping' END, 0, c.now_hid - c.frozen_hid FROM named c WHERE c.now_hid <> c.frozen_hid),
	causes AS (SELECT l.cell, l.cause, sum(l.delta)::bigint AS delta, sum(l.hid)::bigint AS hid FROM lines l GROUP BY 1, 2)
	SELECT c.month, c.municipality, c.area, c.category, c.source, l.cause, l.delta, l.hid, c.frozen, c.frozen_hid, c.now, c.now_hid
	FROM causes l JOIN named c ON c.cell = l.cell
	UNION ALL
	SELECT c.month, c.municipality, c.area, c.category, c.source, 'mapping', -c.n, -c.n_suppressed, c.n, c.n_suppressed, 0, 0
	FROM lagesbild_store.edition_cell c WHERE c.edition = which AND NOT same AND (c.n <> 0 OR c.n_suppressed <> 0) AND (
		c.area NOT IN (SELECT t.code FROM tree t) OR c.category NOT IN (SELECT g.code FROM lagesbild_store.category g WHERE g.build = b)
		OR c.source NOT IN (SELECT s.name FROM lagesbild_store.source s));
END $$;

-- ---- views ----

CREATE VIEW lagesbild.edition AS
SELECT e.id, e.kind, e.period, e.start, e.months, e.area, e.state, e.supersedes,
	(SELECT min(n.id) FROM lagesbild_store.edition n WHERE n.supersedes = e.id AND n.state <> 'withdrawn') AS superseded_by,
	e.complete, e.notes, e.created_at, e.created_by, e.approved_at, e.approved_by, e.published_at, e.published_by, e.withdrawn_at, e.withdrawn_by,
	e.build, e.zone, e.tz_version, e.key_id, e.code_version, e.mapping_hash, e.categories_hash, e.areas_hash,
	(SELECT jsonb_object_agg(p.partition, p.next) FROM lagesbild_store.edition_position p WHERE p.edition = e.id) AS positions, e.hash
FROM lagesbild_store.edition e;

CREATE VIEW lagesbild.edition_cell AS
SELECT edition, month, municipality, area, category, source, n, n_suppressed FROM lagesbild_store.edition_cell;

CREATE VIEW lagesbild.edition_hour AS SELECT edition, month, area, category, source, weekday, hour, n FROM lagesbild_store.edition_hour;
CREATE VIEW lagesbild.edition_place AS SELECT edition, month, area, category, source, place, n FROM lagesbild_store.edition_place;
CREATE VIEW lagesbild.edition_delivery AS SELECT edition, source, municipality, month, state, at, by FROM lagesbild_store.edition_delivery;
CREATE VIEW lagesbild.edition_category AS SELECT edition, code, parent, sv, en, flag, est FROM lagesbild_store.edition_category;
CREATE VIEW lagesbild.edition_area AS SELECT edition, code, parent, kind, name, municipality, institution FROM lagesbild_store.edition_area;
CREATE VIEW lagesbild.edition_source AS SELECT edition, source, sv, en, short FROM lagesbild_store.edition_source;
CREATE VIEW lagesbild.edition_event AS SELECT edition, n, at, by, event, comment FROM lagesbild_store.edition_event;

CREATE VIEW lagesbild.edition_revision AS
SELECT e.id AS edition, c.month, c.municipality, c.area, c.category, c.source, c.cause, c.delta, c.n_suppressed_delta,
	c.frozen, c.frozen_suppressed, c.now, c.now_suppressed
FROM lagesbild_store.edition e CROSS JOIN LATERAL lagesbild_store.edition_changes(e.id) c;

-- ---- rights: the council reads all of it; the public nothing before its counts are protected ----

REVOKE EXECUTE ON FUNCTION lagesbild_store.edition_freeze(date, integer, text, text, text, text, text[]),
	lagesbild_store.edition_move(integer, text, text, text, boolean), lagesbild_store.edition_obstacles(date, integer, text),
	lagesbild_store.edition_changes(integer), lagesbild.edition_text(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lagesbild_store.edition_freeze(date, integer, text, text, text, text, text[]),
	lagesbild_store.edition_move(integer, text, text, text, boolean), lagesbild_store.edition_obstacles(date, integer, text) TO lagesbild_operator;
GRANT EXECUTE ON FUNCTION lagesbild_store.edition_changes(integer), lagesbild.edition_text(integer) TO lagesbild_operator, lagesbild_council;
GRANT SELECT ON lagesbild.edition, lagesbild.edition_cell, lagesbild.edition_hour, lagesbild.edition_place, lagesbild.edition_delivery,
	lagesbild.edition_category, lagesbild.edition_area, lagesbild.edition_source, lagesbild.edition_event, lagesbild.edition_revision
	TO lagesbild_council, lagesbild_operator;
GRANT SELECT ON lagesbild_store.edition, lagesbild_store.edition_position, lagesbild_store.edition_chain, lagesbild_store.edition_cell,
	lagesbild_store.edition_hour, lagesbild_store.edition_place, lagesbild_store.edition_delivery, lagesbild_store.edition_category,
	lagesbild_store.edition_area, lagesbild_store.edition_source, lagesbild_store.edition_rules, lagesbild_store.edition_event TO lagesbild_operator;
