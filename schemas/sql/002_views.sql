-- Views of schema lagesbild: the contract. Names and columns here are what dashboards, operators and tests rely on.

SET LOCAL search_path = lagesbild, public;

CREATE FUNCTION lagesbild_store.month_date(month bigint) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT make_date((1970 + month / 12)::int, (month % 12 + 1)::int, 1)
$$;

-- Month number of a date, the inverse.
CREATE FUNCTION lagesbild_store.month_number(month date) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT (extract(year FROM month)::bigint - 1970) * 12 + extract(month FROM month)::bigint - 1
$$;

CREATE VIEW build AS
SELECT b.name, c.build IS NOT NULL AS current,
	(SELECT jsonb_object_agg(p.partition, p.next) FROM lagesbild_store.position p WHERE p.build = b.id) AS positions,
	b.mapping, b.created_at, b.fed
FROM lagesbild_store.build b LEFT JOIN lagesbild_store.build_current c ON c.build = b.id;

CREATE VIEW source AS
SELECT name AS source, sv, en, short FROM lagesbild_store.source;

CREATE VIEW category AS
SELECT code, parent, sv, en, flag, est FROM lagesbild_store.category WHERE build = (SELECT build FROM lagesbild_store.build_current);

CREATE VIEW area AS
SELECT code, parent, kind, name, municipality, institution
FROM lagesbild_store.area WHERE build = (SELECT build FROM lagesbild_store.build_current);

-- The leaves: one row a cell of the current build; a cell of 0 is not shown.
CREATE VIEW month_cell AS
SELECT lagesbild_store.month_date(c.cell >> 32) AS month, a.municipality, a.code AS area, g.code AS category, s.name AS source,
	c.n, c.n_suppressed, c.changed_at
FROM lagesbild_store.cell c
JOIN lagesbild_store.area a ON a.build = c.build AND a.id = ((c.cell >> 16) & 65535)::int
JOIN lagesbild_store.category g ON g.build = c.build AND g.id = ((c.cell >> 6) & 1023)::smallint
JOIN lagesbild_store.source s ON s.id = (c.cell & 63)::smallint
WHERE c.build = (SELECT build FROM lagesbild_store.build_current) AND (c.n <> 0 OR c.n_suppressed <> 0);

-- The same over every ancestor of area and category, by month number, with what was delivered as 0 (a row counted, its count 0).
CREATE VIEW lagesbild_store.rolled AS
SELECT c.cell >> 32 AS m, a.municipality, a.code AS area, g.code AS category, s.name AS source,
	sum(c.n)::bigint AS n, sum(c.n_suppressed)::bigint AS n_suppressed, max(c.changed_at) AS changed_at
FROM lagesbild_store.cell c
JOIN lagesbild_store.area_ancestor aa ON aa.build = c.build AND aa.area = ((c.cell >> 16) & 65535)::int
JOIN lagesbild_store.area a ON a.build = c.build AND a.id = aa.ancestor
JOIN lagesbild_store.category_ancestor ga ON ga.build = c.build AND ga.category = ((c.cell >> 6) & 1023)::smallint
JOIN lagesbild_store.category g ON g.build = c.build AND g.id = ga.ancestor
JOIN lagesbild_store.source s ON s.id = (c.cell & 63)::smallint
WHERE c.build = (SELECT build FROM lagesbild_store.build_current) AND (c.n <> 0 OR c.n_suppressed <> 0 OR c.key_sum <> 0)
GROUP BY 1, 2, 3, 4, 5;

CREATE VIEW month_rollup AS
SELECT lagesbild_store.month_date(m) AS month, municipality, area, category, source, n, n_suppressed, changed_at
FROM lagesbild_store.rolled WHERE n <> 0 OR n_suppressed <> 0;

CREATE VIEW hour_cell AS
SELECT lagesbild_store.month_date(c.slot >> 40) AS month, a.municipality, a.code AS area, g.code AS category, s.name AS source,
	((c.slot & 255) / 24 + 1)::int AS weekday, ((c.slot & 255) % 24)::int AS hour, c.n
FROM lagesbild_store.slot c
JOIN lagesbild_store.area a ON a.build = c.build AND a.id = ((c.slot >> 24) & 65535)::int
JOIN lagesbild_store.category g ON g.build = c.build AND g.id = ((c.slot >> 14) & 1023)::smallint
JOIN lagesbild_store.source s ON s.id = ((c.slot >> 8) & 63)::smallint
WHERE c.build = (SELECT build FROM lagesbild_store.build_current) AND c.n <> 0;

CREATE VIEW place_cell AS
SELECT lagesbild_store.month_date(c.cell >> 32) AS month, a.municipality, a.code AS area, g.code AS category, s.name AS source,
	p.name AS place, c.n
FROM lagesbild_store.place c
JOIN lagesbild_store.area a ON a.build = c.build AND a.id = ((c.cell >> 16) & 65535)::int
JOIN lagesbild_store.area p ON p.build = c.build AND p.id = c.place
JOIN lagesbild_store.category g ON g.build = c.build AND g.id = ((c.cell >> 6) & 1023)::smallint
JOIN lagesbild_store.source s ON s.id = (c.cell & 63)::smallint
WHERE c.build = (SELECT build FROM lagesbild_store.build_current) AND c.n <> 0;

CREATE VIEW tertial_cell AS
SELECT extract(year FROM month)::int || 'T' || ceil(extract(month FROM month) / 4)::int AS period,
	municipality, area, category, source, sum(n)::bigint AS n, sum(n_suppressed)::bigint AS n_suppressed
FROM month_rollup GROUP BY 1, 2, 3, 4, 5;

CREATE VIEW year_cell AS
SELECT extract(year FROM month)::int::text AS period,
	municipality, area, category, source, sum(n)::bigint AS n, sum(n_suppressed)::bigint AS n_suppressed
FROM month_rollup GROUP BY 1, 2, 3, 4, 5;

CREATE VIEW balance AS
SELECT c.topic, c.partition, c.epoch, c.first_offset, c.last_offset, c.sequence AS received,
	c.upserted, c.duplicate, c.superseded, c.withdrawn, c.rejected, coalesce(g.lost, 0)::bigint AS lost,
	c.sequence - c.upserted - c.duplicate - c.superseded - c.withdrawn - c.rejected - coalesce(g.lost, 0)::bigint AS difference,
	c.redelivered, to_timestamp(c.last_at / 1000.0) AS last_at
FROM lagesbild_store.chain c
LEFT JOIN (SELECT build, topic, partition, epoch, sum(last_sequence - first_sequence + 1) AS lost
	FROM lagesbild_store.gap GROUP BY 1, 2, 3, 4) g USING (build, topic, partition, epoch)
WHERE c.build = (SELECT build FROM lagesbild_store.build_current);

CREATE VIEW dead_letter AS
SELECT topic, partition, "offset", epoch, reason, detail, to_timestamp(received_at / 1000.0) AS received_at, state
FROM lagesbild_store.reject;

CREATE VIEW change AS
SELECT b.name AS build, c.recorded_at, lagesbild_store.month_date(c.cell >> 32) AS month, a.code AS area, g.code AS category,
	s.name AS source, c.delta, c.cause, c.incidents_partition, c.incidents_offset
FROM lagesbild_store.change_log c
JOIN lagesbild_store.build b ON b.id = c.build
JOIN lagesbild_store.area a ON a.build = c.build AND a.id = ((c.cell >> 16) & 65535)::int
JOIN lagesbild_store.category g ON g.build = c.build AND g.id = ((c.cell >> 6) & 1023)::smallint
JOIN lagesbild_store.source s ON s.id = (c.cell & 63)::smallint;

-- The local day that counts as today: the clock's, or in a demo the newest time in its data.
CREATE FUNCTION lagesbild_store.today() RETURNS date LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT (CASE WHEN (SELECT value FROM lagesbild_store.setting WHERE name = 'today') = 'data'
		THEN coalesce((SELECT to_timestamp(max(newest_at) / 1000.0) FROM lagesbild_store.chain c
			WHERE c.build = bc.build), now())
		ELSE now() END AT TIME ZONE b.zone)::date
	FROM lagesbild_store.build_current bc JOIN lagesbild_store.build b ON b.id = bc.build
$$;

-- Months for which a source has said something that no cell counts: information ("nothing to report"), activities, reports found unfounded.
-- One index probe for each answer, however long the ledger is: a plan that the planner must not improve.
CREATE FUNCTION lagesbild_store.uncounted() RETURNS TABLE (source smallint, m bigint, state "char")
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off AS $$
	WITH RECURSIVE b AS MATERIALIZED (SELECT build FROM lagesbild_store.build_current),
	told AS (
		(SELECT l.slot >> 40 AS m, (l.slot >> 8) & 63 AS source, l.state FROM lagesbild_store.ledger l
			WHERE l.build = (SELECT build FROM b) AND l.state IN ('a', 'i', 'u')
			ORDER BY l.slot >> 40, (l.slot >> 8) & 63, l.state LIMIT 1)
		UNION ALL
		SELECT n.* FROM told t CROSS JOIN LATERAL (
			SELECT l.slot >> 40, (l.slot >> 8) & 63, l.state FROM lagesbild_store.ledger l
			WHERE l.build = (SELECT build FROM b) AND l.state IN ('a', 'i', 'u')
			AND (l.slot >> 40, (l.slot >> 8) & 63, l.state) > (t.m, t.source, t.state)
			ORDER BY l.slot >> 40, (l.slot >> 8) & 63, l.state LIMIT 1) n)
	SELECT source::smallint, m, state FROM told
$$;

-- What each source has delivered by month, up to today. A feed delivers as a whole: it has delivered for a month when any row of it lies in
-- that month, wherever, counted or not, be its count 0; when all it said is information, it had nothing to report. A month is not judged
-- before it is full: "nothing to report" of one week does not make the month. A source without a row in the pack counts as connected from the
-- first month it delivered for, with no days of grace. Numbers and few rows, so that no plan can go wrong; a person's word comes on top.
CREATE VIEW lagesbild_store.source_month AS
WITH today AS MATERIALIZED (SELECT lagesbild_store.today() AS day),
delivered AS MATERIALIZED (
	SELECT source, m, bool_or(event) AS event FROM (
		SELECT (cell & 63)::smallint AS source, cell >> 32 AS m, true AS event FROM lagesbild_store.cell
		WHERE build = (SELECT build FROM lagesbild_store.build_current) AND (n <> 0 OR n_suppressed <> 0 OR key_sum <> 0) GROUP BY 1, 2
		UNION ALL
		SELECT source, m, state <> 'i' FROM lagesbild_store.uncounted()) d
	GROUP BY 1, 2),
named AS MATERIALIZED (
	SELECT source, min(m) AS first_m FROM (
		SELECT source, m FROM delivered
		UNION ALL SELECT source, lagesbild_store.month_number(from_month) FROM lagesbild_store.delivery_plan
		UNION ALL SELECT source, lagesbild_store.month_number(month) FROM lagesbild_store.delivery_set) n
	GROUP BY 1),
span AS MATERIALIZED (
	SELECT n.source, n.first_m, coalesce(p.complete_after_days, 0) AS complete_after_days,
		coalesce(lagesbild_store.month_number(p.from_month), (SELECT min(m) FROM delivered d WHERE d.source = n.source)) AS from_m
	FROM named n LEFT JOIN lagesbild_store.delivery_plan p ON p.source = n.source)
SELECT n.name AS source, m.m, CASE
	WHEN s.from_m IS NULL OR m.m < s.from_m THEN 'not_connected'
	WHEN today.day < lagesbild_store.month_date(m.m + 1) - 1 + s.complete_after_days THEN 'filling'
	WHEN v.m IS NULL THEN 'missing'
	WHEN v.event THEN 'complete'
	ELSE 'nothing' END AS state
FROM span s CROSS JOIN today
CROSS JOIN LATERAL generate_series(s.first_m, lagesbild_store.month_number(today.day)) AS m(m)
JOIN lagesbild_store.source n ON n.id = s.source
LEFT JOIN delivered v ON v.source = s.source AND v.m = m.m;

CREATE VIEW lagesbild_store.source_month_set AS
SELECT s.name AS source, d.municipality, lagesbild_store.month_number(d.month) AS m, d.state, d.at, d.by
FROM lagesbild_store.delivery_set d JOIN lagesbild_store.source s ON s.id = d.source;

-- The same with a person's word, and what it means for sums: scope '' holds for every municipality that no person has said anything about,
-- those have a scope of their own. known: the figure of this month is one, be it 0; known_*: so is that of every month within.
CREATE VIEW lagesbild_store.month_state AS
WITH base AS MATERIALIZED (SELECT source, m, state FROM lagesbild_store.source_month),
scoped AS (
	SELECT source, '' AS scope, m, state FROM base
	UNION ALL
	SELECT b.source, k.municipality, b.m, coalesce(s.state, b.state)
	FROM (SELECT DISTINCT source, municipality FROM lagesbild_store.source_month_set) k JOIN base b ON b.source = k.source
	LEFT JOIN lagesbild_store.source_month_set s ON s.source = b.source AND s.municipality = k.municipality AND s.m = b.m),
judged AS (SELECT *, state IN ('complete', 'nothing') AS known FROM scoped)
SELECT source, scope, m, state, known,
	count(*) FILTER (WHERE known) OVER (w RANGE BETWEEN 12 PRECEDING AND 12 PRECEDING) = 1 AS known_last_year,
	count(*) FILTER (WHERE known) OVER (PARTITION BY source, scope, m / 12 ORDER BY m) = m % 12 + 1 AS known_year,
	count(*) FILTER (WHERE known) OVER (w RANGE BETWEEN 11 PRECEDING AND CURRENT ROW) = 12 AS known_12,
	count(*) FILTER (WHERE known) OVER (w RANGE BETWEEN 23 PRECEDING AND 12 PRECEDING) = 12 AS known_12_before
FROM judged WINDOW w AS (PARTITION BY source, scope ORDER BY m);

-- The months of all sources as they stand for one municipality (or county code).
CREATE FUNCTION lagesbild_store.states_in(municipality text) RETURNS SETOF lagesbild_store.month_state LANGUAGE sql STABLE AS $$
	SELECT t.* FROM lagesbild_store.month_state t
	WHERE t.scope = coalesce((SELECT k.municipality FROM lagesbild_store.source_month_set k
		WHERE k.source = t.source AND k.municipality = $1 LIMIT 1), '')
$$;

-- The council's scope: month_cell outside institutions (Kumla has a prison), under its first-level category. What a council compares is what
-- happens in its streets; est = false is traffic, accidents and the rest.
CREATE VIEW lagesbild_store.open_cell AS
SELECT c.month, c.municipality, c.area, t.code AS category, t.est, c.source, c.n, c.n_suppressed
FROM month_cell c
JOIN category g ON g.code = c.category
JOIN category t ON t.code = coalesce(g.parent, g.code)
JOIN area a ON a.code = c.area
LEFT JOIN area above ON above.code = a.parent
WHERE NOT a.institution AND NOT coalesce(above.institution, false);

-- Missing is not zero. A row for each source, month up to today and municipality (or county code) that the source has ever named, that a
-- person has spoken of, and the pack's own.
CREATE VIEW delivery AS
WITH codes AS MATERIALIZED (
	SELECT DISTINCT s.name AS source, a.municipality
	FROM (SELECT DISTINCT (cell >> 16) & 65535 AS area, cell & 63 AS source FROM lagesbild_store.cell
		WHERE build = (SELECT build FROM lagesbild_store.build_current)) c
	JOIN lagesbild_store.area a ON a.build = (SELECT build FROM lagesbild_store.build_current) AND a.id = c.area::int
	JOIN lagesbild_store.source s ON s.id = c.source::smallint
	UNION SELECT source, municipality FROM lagesbild_store.source_month_set
	UNION SELECT s.name, b.municipality FROM lagesbild_store.source s,
		lagesbild_store.build b JOIN lagesbild_store.build_current bc ON bc.build = b.id)
SELECT m.source, c.municipality, lagesbild_store.month_date(m.m) AS month, coalesce(d.state, m.state) AS state, d.at, d.by
FROM lagesbild_store.source_month m JOIN codes c ON c.source = m.source
LEFT JOIN lagesbild_store.source_month_set d ON d.source = m.source AND d.municipality = c.municipality AND d.m = m.m;

-- Rolling twelve months, named by their last: up to the newest month that has any cell.
CREATE VIEW rolling12_cell AS
SELECT to_char(e.month, 'YYYY-MM') AS period, r.municipality, r.area, r.category, r.source,
	sum(r.n)::bigint AS n, sum(r.n_suppressed)::bigint AS n_suppressed
FROM month_rollup r
JOIN LATERAL (SELECT generate_series(r.month::timestamp, (r.month + interval '11 months')::timestamp, '1 month')::date AS month) e
	ON e.month <= (SELECT max(month) FROM month_cell)
GROUP BY 1, 2, 3, 4, 5;

-- Each month and series with its past. A month with a count this year (a delivered 0 is one) or the year before has a row, so that a fall to
-- nothing shows. A figure that could be read as a fall where something is only absent is null:
--   n             where nothing is counted and the month is not known (missing, not_connected, filling), or all that came is suppressed;
--   n_last_year   unless that month was complete (or had nothing to report), and where all of it is suppressed;
--   change        unless both months were, and neither lacks a suppressed count;
--   n_year_to_date, n_rolling12, n_rolling12_before   unless every month within is known: eleven months are not comparable with twelve.
-- at_least names the figures of the row that lack something all the same and are to be shown as "at least": a sum without its suppressed
-- counts, and n of a month that is missing or not connected although something of it came. With n null it says: suppressed, a small count.
CREATE VIEW month_summary AS
WITH points AS (
	SELECT r.m + k.ahead AS m, r.municipality, r.area, r.category, r.source,
		CASE WHEN k.ahead = 0 THEN r.n ELSE 0 END AS n, CASE WHEN k.ahead = 0 THEN r.n_suppressed ELSE 0 END AS n_suppressed
	FROM lagesbild_store.rolled r JOIN (VALUES (0), (12)) k(ahead) ON k.ahead = 0 OR r.n <> 0 OR r.n_suppressed <> 0),
series AS (
	SELECT m, municipality, area, category, source, sum(n)::bigint AS n, sum(n_suppressed)::bigint AS hid FROM points GROUP BY 1, 2, 3, 4, 5),
framed AS (
	SELECT m, municipality, area, category, source, n, hid,
		coalesce(sum(n) OVER (w RANGE BETWEEN 12 PRECEDING AND 12 PRECEDING), 0)::bigint AS last_year,
		coalesce(sum(hid) OVER (w RANGE BETWEEN 12 PRECEDING AND 12 PRECEDING), 0)::bigint AS last_year_hid,
		sum(n) OVER y::bigint AS year, sum(hid) OVER y AS year_hid,
		sum(n) OVER (w RANGE BETWEEN 11 PRECEDING AND CURRENT ROW)::bigint AS r12,
		sum(hid) OVER (w RANGE BETWEEN 11 PRECEDING AND CURRENT ROW) AS r12_hid,
		coalesce(sum(n) OVER (w RANGE BETWEEN 23 PRECEDING AND 12 PRECEDING), 0)::bigint AS before,
		coalesce(sum(hid) OVER (w RANGE BETWEEN 23 PRECEDING AND 12 PRECEDING), 0) AS before_hid
	FROM series WINDOW w AS (PARTITION BY municipality, area, category, source ORDER BY m),
		y AS (PARTITION BY municipality, area, category, source, m / 12 ORDER BY m)),
states AS MATERIALIZED (SELECT * FROM lagesbild_store.month_state),
spoken AS MATERIALIZED (SELECT DISTINCT source, municipality FROM lagesbild_store.source_month_set),
figures AS (
	SELECT f.m, f.municipality, f.area, f.category, f.source, d.state,
		CASE WHEN f.n <> 0 OR d.known AND f.hid = 0 THEN f.n END AS n,
		CASE WHEN d.known_last_year AND (f.last_year <> 0 OR f.last_year_hid = 0) THEN f.last_year END AS n_last_year,
		CASE WHEN d.known AND d.known_last_year AND f.hid = 0 AND f.last_year_hid = 0 THEN f.n - f.last_year END AS change,
		CASE WHEN d.known_year THEN f.year END AS n_year_to_date,
		CASE WHEN d.known_12 THEN f.r12 END AS n_rolling12,
		CASE WHEN d.known_12_before THEN f.before END AS n_rolling12_before,
		f.hid <> 0 OR f.n <> 0 AND d.state IN ('missing', 'not_connected') AS n_lacks,
		d.known_last_year AND f.last_year_hid <> 0 AS last_year_lacks, d.known_year AND f.year_hid <> 0 AS year_lacks,
		d.known_12 AND f.r12_hid <> 0 AS r12_lacks, d.known_12_before AND f.before_hid <> 0 AS before_lacks
	FROM framed f JOIN states d ON d.source = f.source AND d.m = f.m
		AND d.scope = CASE WHEN (f.source, f.municipality) IN (SELECT source, municipality FROM spoken) THEN f.municipality ELSE '' END)
SELECT lagesbild_store.month_date(m) AS month, municipality, area, category, source, state,
	n, n_last_year, change, n_year_to_date, n_rolling12, n_rolling12_before,
	CASE WHEN n_lacks OR last_year_lacks OR year_lacks OR r12_lacks OR before_lacks THEN array_remove(ARRAY[
		CASE WHEN n_lacks THEN 'n' END, CASE WHEN last_year_lacks THEN 'n_last_year' END,
		CASE WHEN year_lacks THEN 'n_year_to_date' END, CASE WHEN r12_lacks THEN 'n_rolling12' END,
		CASE WHEN before_lacks THEN 'n_rolling12_before' END], NULL) ELSE '{}' END::text[] AS at_least
FROM figures;
