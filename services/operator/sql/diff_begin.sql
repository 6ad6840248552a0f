-- One snapshot for both sides, so that a build that is being fed cannot move between two of the statements. key numbers a cell on either side
-- alike, whatever ids the builds gave: month << 40 | area << 20 | category << 6 | source, areas and categories numbered by their codes here.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SET work_mem = '256MB';
SET jit = off;
CREATE TEMP TABLE diff_area (key bigint GENERATED ALWAYS AS IDENTITY, code text PRIMARY KEY, name text NOT NULL);
CREATE TEMP TABLE diff_category (key bigint GENERATED ALWAYS AS IDENTITY, code text PRIMARY KEY, name text NOT NULL);
CREATE TEMP TABLE diff_cell (side "char" NOT NULL, key bigint NOT NULL, n bigint NOT NULL, hid bigint NOT NULL, key_sum bigint NOT NULL);
CREATE TEMP TABLE diff_found (key bigint NOT NULL, n_a bigint NOT NULL, n_b bigint NOT NULL, hid_a bigint NOT NULL, hid_b bigint NOT NULL);
CREATE TEMP TABLE diff_wanted (side "char" NOT NULL, cell bigint NOT NULL, key bigint NOT NULL);
CREATE TEMP TABLE diff_open (id uuid NOT NULL, key_a bigint, n_a integer, state_a "char", hash_a bigint, at_a bigint,
	key_b bigint, n_b integer, state_b "char", hash_b bigint, at_b bigint);
CREATE TEMP TABLE diff_share (key bigint NOT NULL, cause text NOT NULL, id uuid NOT NULL, first boolean NOT NULL, n bigint NOT NULL, hid bigint NOT NULL);
CREATE TEMP TABLE diff_cause (key bigint NOT NULL, cause text NOT NULL, shares bigint NOT NULL, incidents bigint NOT NULL, more bigint NOT NULL,
	less bigint NOT NULL, hid bigint NOT NULL);
