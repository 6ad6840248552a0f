-- What has been taken out for ever, on whose word. Coordinates and counts only, never a content. The phases are what a purge that was
-- interrupted goes on by: at each of them the log is whole somewhere.

CREATE TABLE lagesbild_store.purge (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT now(),
	by text NOT NULL DEFAULT session_user,
	why text NOT NULL CHECK (length(why) BETWEEN 1 AND 500),
	what text NOT NULL, -- what was asked for: incident, origin, before
	done_at timestamptz
);

-- The records that went out: of feeds, of incidents, of deadletters.
CREATE TABLE lagesbild_store.purge_record (
	purge integer NOT NULL REFERENCES lagesbild_store.purge,
	topic text NOT NULL,
	partition integer NOT NULL,
	"offset" bigint NOT NULL,
	PRIMARY KEY (purge, topic, partition, "offset")
);

-- waiting: untouched; copied: TOPIC.purging is whole and without them; gone: the old topic is being, or has been, deleted; back: the new one
-- is whole; done: the copy is deleted.
CREATE TABLE lagesbild_store.purge_topic (
	purge integer NOT NULL REFERENCES lagesbild_store.purge,
	name text NOT NULL, -- without the prefix
	phase text NOT NULL DEFAULT 'waiting' CHECK (phase IN ('waiting', 'copied', 'gone', 'back', 'done')),
	PRIMARY KEY (purge, name)
);

-- What the normalizers had committed: Kafka forgets it with the topic.
CREATE TABLE lagesbild_store.purge_group (
	purge integer NOT NULL REFERENCES lagesbild_store.purge,
	source text NOT NULL,
	partition integer NOT NULL,
	next bigint NOT NULL,
	metadata text NOT NULL,
	PRIMARY KEY (purge, source, partition)
);

-- The builds of then: the fed ones are made anew from the new log, the others are dropped.
CREATE TABLE lagesbild_store.purge_build (
	purge integer NOT NULL REFERENCES lagesbild_store.purge,
	build smallint NOT NULL,
	name text NOT NULL,
	fed boolean NOT NULL,
	PRIMARY KEY (purge, build)
);

-- The build that was made anew takes the place and the name of the old one.
CREATE FUNCTION lagesbild_store.purge_swap(old_name text, new_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	old_id smallint := (SELECT id FROM lagesbild_store.build WHERE name = old_name);
	new_id smallint := (SELECT id FROM lagesbild_store.build WHERE name = new_name);
BEGIN
	UPDATE lagesbild_store.build SET name = 'purged-' || old_id, fed = false WHERE id = old_id;
	UPDATE lagesbild_store.build SET name = old_name WHERE id = new_id;
	UPDATE lagesbild_store.build_current SET build = new_id WHERE build = old_id;
	UPDATE lagesbild_store.promotion SET build = new_id WHERE build = old_id;
	PERFORM pg_notify('lagesbild_builds', ''), pg_notify('lagesbild_cells', '');
END $$;

GRANT SELECT ON lagesbild_store.purge, lagesbild_store.purge_record, lagesbild_store.purge_topic, lagesbild_store.purge_group,
	lagesbild_store.purge_build TO lagesbild_operator;
