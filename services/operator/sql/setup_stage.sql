-- What the files say, for this session only: compared with what the build has before anything is written.
CREATE TEMP TABLE staged_source (id smallint, source text, sv text, en text, short text, release text);
CREATE TEMP TABLE staged_category (n serial, code text, parent text, sv text, en text, flag text, est boolean);
CREATE TEMP TABLE staged_mapping_file (source_type text, category text);
CREATE TEMP TABLE staged_mapping (n serial, source text, source_type text, category text, unknown_key text);
CREATE TEMP TABLE staged_area (n integer, code text, parent text, kind text, name text, municipality text, institution boolean);
CREATE TEMP TABLE staged_delivery (source text, kind text, "from" text, complete_after_days integer);
CREATE TEMP TABLE staged_unit (n serial, unit text, sv text, en text);
-- Names the content of categories and mappings: build.mapping.
CREATE TEMP VIEW staged_version AS
SELECT left(md5(string_agg(line, E'\n' ORDER BY line)), 16) AS hash FROM (
	SELECT 'c,' || code || ',' || coalesce(parent, '') || ',' || flag AS line FROM staged_category
	UNION ALL SELECT 'm,' || source || ',' || source_type || ',' || category FROM staged_mapping) l;
