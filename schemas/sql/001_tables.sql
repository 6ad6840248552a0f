-- Tables: schema lagesbild_store is private to the services; what others read are the views of schema lagesbild (002).
-- Applied by "lagesbild setup", once, in a transaction; also runs in psql.

CREATE SCHEMA lagesbild;
CREATE SCHEMA lagesbild_store;
SET LOCAL search_path = lagesbild_store, public;

-- Which of these files have been applied, with the hash of their text: an edited file is refused.
CREATE TABLE schema_file (
	name text PRIMARY KEY,
	hash text NOT NULL,
	applied_at timestamptz NOT NULL DEFAULT now()
);

-- 'key_id': names the installation key without giving it away. 'today': 'clock', or 'data' (the newest time in the data: a demo).
CREATE TABLE setting (
	name text PRIMARY KEY,
	value text NOT NULL
);

CREATE TABLE source (
	id smallint PRIMARY KEY CHECK (id BETWEEN 1 AND 63),
	name text NOT NULL UNIQUE,
	sv text NOT NULL,
	en text NOT NULL,
	short text NOT NULL -- Swedish, for narrow tables
);

-- One fold of the log: its own rules, ledger, cells, positions. The views read the one that build_current names.
CREATE TABLE build (
	id smallint PRIMARY KEY,
	name text NOT NULL UNIQUE,
	zone text NOT NULL,
	municipality text NOT NULL,
	mapping text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	fed boolean NOT NULL DEFAULT true
);

CREATE TABLE build_current (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	build smallint NOT NULL REFERENCES build
);

-- The build's rules. Ids are small so that a cell's key is one bigint.
CREATE TABLE category (
	build smallint NOT NULL REFERENCES build ON DELETE CASCADE,
	id smallint NOT NULL CHECK (id BETWEEN 1 AND 1023),
	code text NOT NULL,
	parent text,
	sv text NOT NULL,
	en text NOT NULL,
	flag text NOT NULL CHECK (flag IN ('C', 'I', 'P', 'N')),
	est boolean NOT NULL,
	PRIMARY KEY (build, id),
	UNIQUE (build, code)
);

CREATE TABLE area (
	build smallint NOT NULL REFERENCES build ON DELETE CASCADE,
	id integer NOT NULL CHECK (id BETWEEN 1 AND 32767),
	code text NOT NULL,
	parent text,
	kind text NOT NULL CHECK (kind IN ('country', 'county', 'municipality', 'area', 'place')),
	name text NOT NULL,
	municipality text NOT NULL, -- 4 digits, else the county's 2, else 00
	institution boolean NOT NULL,
	PRIMARY KEY (build, id),
	UNIQUE (build, code)
);

-- Each area and category with itself and all above it, so that roll-ups are joins.
CREATE TABLE area_ancestor (
	build smallint NOT NULL REFERENCES build ON DELETE CASCADE,
	area integer NOT NULL,
	ancestor integer NOT NULL,
	PRIMARY KEY (build, area, ancestor)
);
CREATE INDEX ON area_ancestor (build, ancestor);

CREATE TABLE category_ancestor (
	build smallint NOT NULL REFERENCES build ON DELETE CASCADE,
	category smallint NOT NULL,
	ancestor smallint NOT NULL,
	PRIMARY KEY (build, category, ancestor)
);

-- unknown_key: what the normalizer writes for this type while its own mapping lacks it (UNK: and 16 hex digits).
CREATE TABLE mapping (
	build smallint NOT NULL REFERENCES build ON DELETE CASCADE,
	id integer NOT NULL CHECK (id BETWEEN 1 AND 32767),
	source smallint NOT NULL REFERENCES source,
	source_type text NOT NULL,
	category smallint NOT NULL,
	unknown_key text NOT NULL,
	PRIMARY KEY (build, id),
	UNIQUE (build, source, source_type)
);

-- What the municipality's pack says of each source's delivery; outside the builds.
CREATE TABLE delivery_plan (
	source smallint PRIMARY KEY REFERENCES source,
	kind text NOT NULL CHECK (kind IN ('events', 'counts')),
	from_month date NOT NULL,
	complete_after_days integer NOT NULL
);

CREATE TABLE delivery_set (
	source smallint NOT NULL REFERENCES source,
	municipality text NOT NULL,
	month date NOT NULL,
	state text NOT NULL CHECK (state IN ('complete', 'filling', 'nothing', 'missing', 'not_connected')),
	at timestamptz NOT NULL DEFAULT now(),
	by text NOT NULL,
	PRIMARY KEY (source, municipality, month)
);

-- The aggregator's place in topic incidents: the next offset to read, moved in the transaction that writes what was read.
CREATE TABLE position (
	build smallint NOT NULL REFERENCES build ON DELETE CASCADE,
	partition integer NOT NULL,
	next bigint NOT NULL DEFAULT 0,
	unreadable bigint NOT NULL DEFAULT 0, -- records on incidents that are none of ours
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (build, partition)
) WITH (fillfactor = 50);

-- The normalizer's chain (topic, partition, epoch) as far as its records have been seen, and what became of them.
CREATE TABLE chain (
	build smallint NOT NULL REFERENCES build ON DELETE CASCADE,
	topic text NOT NULL,
	partition integer NOT NULL,
	epoch bigint NOT NULL,
	first_offset bigint NOT NULL,
	last_offset bigint NOT NULL,
	sequence bigint NOT NULL,
	upserted bigint NOT NULL,
	duplicate bigint NOT NULL,
	superseded bigint NOT NULL,
	withdrawn bigint NOT NULL,
	rejected bigint NOT NULL,
	redelivered bigint NOT NULL,
	newest_at bigint NOT NULL, -- newest time that a message told, ms: "today" of a demo
	last_at bigint NOT NULL, -- append time of the last feed message, ms
	PRIMARY KEY (build, topic, partition, epoch)
) WITH (fillfactor = 50);

-- Open intervals of sequences not seen, with the offsets between which they lie (both exclusive).
CREATE TABLE gap (
	build smallint NOT NULL REFERENCES build ON DELETE CASCADE,
	topic text NOT NULL,
	partition integer NOT NULL,
	epoch bigint NOT NULL,
	first_sequence bigint NOT NULL,
	last_sequence bigint NOT NULL,
	after_offset bigint NOT NULL,
	before_offset bigint NOT NULL,
	PRIMARY KEY (build, topic, partition, epoch, first_sequence)
);

-- One row an incident, never deleted. slot = cell << 8 | weekday-hour (0..167, 255 none); cell = month << 32 | area << 16 |
-- category << 6 | source, month counted from 1970-01. state: c counts in n, s suppressed, a activity, i information, u unfounded
-- (in, but not in n), w withdrawn, r rejected (out). prev_* is the row as it was before its last change: the aggregator
-- takes it back from the cells. The keys of this and the tables below end with the build: within a partition it tells no two rows
-- apart, and every comparison on the way down the index would begin with it.
CREATE TABLE ledger (
	id uuid NOT NULL,
	hash bigint NOT NULL,
	revision bigint NOT NULL,
	received_at bigint NOT NULL,
	"offset" bigint NOT NULL,
	epoch bigint NOT NULL,
	slot bigint NOT NULL,
	prev_slot bigint,
	occurred_from bigint,
	n integer NOT NULL,
	prev_n integer,
	build smallint NOT NULL,
	partition smallint NOT NULL,
	place smallint NOT NULL, -- area id of the place; 0 none
	prev_place smallint,
	type smallint NOT NULL, -- mapping id; 0 unknown
	state "char" NOT NULL,
	prev_state "char",
	same boolean, -- the last change left the content as it was
	PRIMARY KEY (id, build)
) PARTITION BY LIST (build);
-- What was said and counts in no cell, by month and source: tells "nothing to report" from silence (function uncounted, 002). A fifth of the
-- press notices, next to nothing of the other feeds.
CREATE INDEX ON ledger (build, (slot >> 40), ((slot >> 8) & 63), state) WHERE state IN ('a', 'i', 'u');

CREATE TABLE cell (
	build smallint NOT NULL,
	cell bigint NOT NULL,
	n bigint NOT NULL,
	n_suppressed bigint NOT NULL,
	key_sum bigint NOT NULL, -- sum of the counted incidents' 32-bit record keys, for disclosure control
	changed_at timestamptz NOT NULL,
	PRIMARY KEY (cell, build)
) PARTITION BY LIST (build);

CREATE TABLE slot (
	build smallint NOT NULL,
	slot bigint NOT NULL,
	n bigint NOT NULL,
	PRIMARY KEY (slot, build)
) PARTITION BY LIST (build);

CREATE TABLE place (
	build smallint NOT NULL,
	cell bigint NOT NULL,
	place smallint NOT NULL,
	n bigint NOT NULL,
	PRIMARY KEY (cell, place, build)
) PARTITION BY LIST (build);

CREATE TABLE change_log (
	build smallint NOT NULL,
	cell bigint NOT NULL,
	delta bigint NOT NULL,
	cause text NOT NULL,
	incidents_partition integer NOT NULL,
	incidents_offset bigint NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT now()
) PARTITION BY LIST (build);
CREATE INDEX ON change_log (build, incidents_partition, incidents_offset);

-- Rejected feed messages; outside the builds. The bytes are on topic deadletters.
CREATE TABLE reject (
	topic text NOT NULL,
	partition integer NOT NULL,
	"offset" bigint NOT NULL,
	epoch bigint NOT NULL,
	reason text NOT NULL,
	detail text NOT NULL,
	received_at bigint,
	state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'retried', 'resolved', 'dropped')),
	PRIMARY KEY (topic, partition, "offset")
);

-- A build's own partitions of the large tables. Cells are updated in place for ever: room for HOT updates.
CREATE FUNCTION build_attach(build smallint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	parent text;
	options text;
BEGIN
	FOREACH parent IN ARRAY ARRAY['ledger', 'cell', 'slot', 'place', 'change_log'] LOOP
		options := CASE WHEN parent IN ('cell', 'slot', 'place') THEN ' WITH (fillfactor = 50)' ELSE '' END;
		EXECUTE format('CREATE TABLE lagesbild_store.%I PARTITION OF lagesbild_store.%I FOR VALUES IN (%s)%s',
			parent || '_' || build, parent, build, options);
	END LOOP;
END $$;

-- The closures of one build's trees, made anew from its area and category rows.
CREATE FUNCTION build_close_trees(which smallint) RETURNS void LANGUAGE sql AS $$
	DELETE FROM lagesbild_store.area_ancestor WHERE build = which;
	DELETE FROM lagesbild_store.category_ancestor WHERE build = which;
	INSERT INTO lagesbild_store.area_ancestor
	WITH RECURSIVE up(area, ancestor, parent) AS (
		SELECT id, id, parent FROM lagesbild_store.area WHERE build = which
		UNION ALL
		SELECT up.area, a.id, a.parent FROM up JOIN lagesbild_store.area a ON a.build = which AND a.code = up.parent)
	SELECT which, area, ancestor FROM up;
	INSERT INTO lagesbild_store.category_ancestor
	WITH RECURSIVE up(category, ancestor, parent) AS (
		SELECT id, id, parent FROM lagesbild_store.category WHERE build = which
		UNION ALL
		SELECT up.category, c.id, c.parent FROM up JOIN lagesbild_store.category c ON c.build = which AND c.code = up.parent)
	SELECT which, category, ancestor FROM up;
$$;
