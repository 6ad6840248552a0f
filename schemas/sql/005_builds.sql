-- Builds beside the one that the views read: made by rebuild, compared, promoted, rolled back, dropped.

-- Set: the build is the log as it was known at that time, is not fed and can never be promoted.
ALTER TABLE lagesbild_store.build ADD COLUMN until timestamptz;

-- Every move of build_current: what rollback goes back by.
CREATE TABLE lagesbild_store.promotion (
	n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	build smallint NOT NULL REFERENCES lagesbild_store.build ON DELETE CASCADE,
	at timestamptz NOT NULL DEFAULT now(),
	by text NOT NULL DEFAULT session_user
);
INSERT INTO lagesbild_store.promotion (build) SELECT build FROM lagesbild_store.build_current;

-- The rules of one build as another's: the same ids, so that the two builds' cells can be compared without a join.
CREATE FUNCTION lagesbild_store.build_copy_rules(source_build smallint, target_build smallint) RETURNS void LANGUAGE sql AS $$
	INSERT INTO lagesbild_store.category
	SELECT target_build, id, code, parent, sv, en, flag, est FROM lagesbild_store.category WHERE build = source_build;
	INSERT INTO lagesbild_store.area
	SELECT target_build, id, code, parent, kind, name, municipality, institution FROM lagesbild_store.area WHERE build = source_build;
	INSERT INTO lagesbild_store.mapping
	SELECT target_build, id, source, source_type, category, unknown_key FROM lagesbild_store.mapping WHERE build = source_build;
	SELECT lagesbild_store.build_close_trees(target_build);
$$;

GRANT SELECT ON lagesbild_store.promotion TO lagesbild_operator, lagesbild_writer;
