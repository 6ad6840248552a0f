-- The build to be, complete, in tables of this session: put into the real ones twice, before the log is read (to read the rules back) and when it is
-- written, with the same ids whatever happens in between.
CREATE TEMP TABLE made_build (id smallint, name text, zone text, municipality text, mapping text, until timestamptz, fed boolean, reference smallint);
CREATE TEMP TABLE made_category (LIKE lagesbild_store.category);
CREATE TEMP TABLE made_area (LIKE lagesbild_store.area);
CREATE TEMP TABLE made_mapping (LIKE lagesbild_store.mapping);
-- What is too much to be summed in memory is summed here.
CREATE TEMP TABLE more_cell (cell bigint, n bigint, n_suppressed bigint, key_sum bigint);
CREATE TEMP TABLE more_slot (slot bigint, n bigint);
CREATE TEMP TABLE more_place (cell bigint, place smallint, n bigint);

-- {} is the build's number.
CREATE FUNCTION pg_temp.in_build(statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE replace(statement, '{}', (SELECT id::text FROM pg_temp.made_build));
END $$;
