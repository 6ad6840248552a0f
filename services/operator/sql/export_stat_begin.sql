-- Values and what is said of them are two lists of one document: both from one snapshot. i is the place in them, counted from 0.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SET LOCAL jit = off;
CREATE TEMP TABLE stat_cell (m bigint NOT NULL, area text NOT NULL, category text NOT NULL, source text NOT NULL, n bigint NOT NULL, hid bigint NOT NULL);
CREATE TEMP TABLE stat_code (dimension text NOT NULL, i bigint NOT NULL, code text NOT NULL, label text NOT NULL, municipality text, m bigint);
CREATE TEMP TABLE stat_value (i bigint NOT NULL, value bigint, status text);
