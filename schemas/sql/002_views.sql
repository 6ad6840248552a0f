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

-- The same over every ancestor of area and category.
CREATE VIEW month_rollup AS
SELECT lagesbild_store.month_date(c.cell >> 32) AS month, a.municipality, a.code AS area, g.code AS category, s.name AS source,
	sum(c.n)::bigint AS n, sum(c.n_suppressed)::bigint AS n_suppressed, max(c.changed_at) AS changed_at
FROM lagesbild_store.cell c
JOIN lagesbild_store.area_ancestor aa ON aa.build = c.build AND aa.area = ((c.cell >> 16) & 65535)::int
JOIN lagesbild_store.area a ON a.build = c.build AND a.id = aa.ancestor
JOIN lagesbild_store.category_ancestor ga ON ga.build = c.build AND ga.category = ((c.cell >> 6) & 1023)::smallint
JOIN lagesbild_store.category g ON g.build = c.build AND g.id = ga.ancestor
JOIN lagesbild_store.source s ON s.id = (c.cell & 63)::smallint
WHERE c.build = (SELECT build FROM lagesbild_store.build_current) AND (c.n <> 0 OR c.n_suppressed <> 0)
GROUP BY 1, 2, 3, 4, 5;

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

-- What each source has delivered by month, up to today. A feed delivers as a whole: it has delivered for a month when it has any event in
-- that month, wherever it lies. Numbers and few rows, so that no plan can go wrong with it; a person's word (delivery_set) comes on top.
CREATE VIEW lagesbild_store.source_month AS
WITH today AS MATERIALIZED (SELECT lagesbild_store.today() AS day),
delivered AS MATERIALIZED (SELECT (cell & 63)::smallint AS source, cell >> 32 AS m FROM lagesbild_store.cell
	WHERE build = (SELECT build FROM lagesbild_store.build_current) AND (n <> 0 OR n_suppressed <> 0) GROUP BY 1, 2),
span AS MATERIALIZED (SELECT p.source, p.complete_after_days, lagesbild_store.month_number(p.from_month) AS from_m,
		least(lagesbild_store.month_number(p.from_month), (SELECT min(m) FROM delivered d WHERE d.source = p.source)) AS first_m
	FROM lagesbild_store.delivery_plan p)
SELECT n.name AS source, m.m, CASE
	WHEN m.m < s.from_m THEN 'not_connected'
	WHEN today.day < lagesbild_store.month_date(m.m + 1) - 1 + s.complete_after_days THEN 'filling'
	WHEN v.m IS NOT NULL THEN 'complete'
	ELSE 'missing' END AS state
FROM span s CROSS JOIN today
CROSS JOIN LATERAL generate_series(s.first_m, lagesbild_store.month_number(today.day)) AS m(m)
JOIN lagesbild_store.source n ON n.id = s.source
LEFT JOIN delivered v ON v.source = s.source AND v.m = m.m;

CREATE VIEW lagesbild_store.source_month_set AS
SELECT s.name AS source, d.municipality, lagesbild_store.month_number(d.month) AS m, d.state, d.at, d.by
FROM lagesbild_store.delivery_set d JOIN lagesbild_store.source s ON s.id = d.source;

-- Missing is not zero. A row for each source, month up to today and municipality (or county code) that the source has ever named, and
-- the pack's own.
CREATE VIEW delivery AS
WITH codes AS MATERIALIZED (
	SELECT DISTINCT s.name AS source, a.municipality
	FROM (SELECT DISTINCT (cell >> 16) & 65535 AS area, cell & 63 AS source FROM lagesbild_store.cell
		WHERE build = (SELECT build FROM lagesbild_store.build_current)) c
	JOIN lagesbild_store.area a ON a.build = (SELECT build FROM lagesbild_store.build_current) AND a.id = c.area::int
	JOIN lagesbild_store.source s ON s.id = c.source::smallint
	UNION SELECT s.name, b.municipality FROM lagesbild_store.delivery_plan p JOIN lagesbild_store.source s ON s.id = p.source,
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

-- Each month and series with its past. A month with a count this year or the year before has a row, so that a fall to nothing shows.
-- n_last_year is null unless that month was complete (or had nothing to report); change is null unless both were.
CREATE VIEW month_summary AS
WITH points AS (
	SELECT lagesbild_store.month_number(month) AS m, municipality, area, category, source, n FROM month_rollup
	UNION ALL
	SELECT lagesbild_store.month_number(month) + 12, municipality, area, category, source, 0 FROM month_rollup),
series AS (
	SELECT m, municipality, area, category, source, sum(n)::bigint AS n FROM points GROUP BY 1, 2, 3, 4, 5),
framed AS (
	SELECT m, municipality, area, category, source, n,
		coalesce(sum(n) OVER (w RANGE BETWEEN 12 PRECEDING AND 12 PRECEDING), 0)::bigint AS before,
		sum(n) OVER (PARTITION BY municipality, area, category, source, m / 12 ORDER BY m)::bigint AS n_year_to_date,
		sum(n) OVER (w RANGE BETWEEN 11 PRECEDING AND CURRENT ROW)::bigint AS n_rolling12,
		coalesce(sum(n) OVER (w RANGE BETWEEN 23 PRECEDING AND 12 PRECEDING), 0)::bigint AS n_rolling12_before
	FROM series WINDOW w AS (PARTITION BY municipality, area, category, source ORDER BY m)),
states AS MATERIALIZED (SELECT source, m, state FROM lagesbild_store.source_month),
known AS (
	SELECT f.*, coalesce(ds.state, d.state) AS state, coalesce(ys.state, y.state) IN ('complete', 'nothing') AS before_known
	FROM framed f
	JOIN states d ON d.source = f.source AND d.m = f.m
	LEFT JOIN states y ON y.source = f.source AND y.m = f.m - 12
	LEFT JOIN lagesbild_store.source_month_set ds ON ds.source = f.source AND ds.municipality = f.municipality AND ds.m = f.m
	LEFT JOIN lagesbild_store.source_month_set ys ON ys.source = f.source AND ys.municipality = f.municipality AND ys.m = f.m - 12)
SELECT lagesbild_store.month_date(m) AS month, municipality, area, category, source, state,
	CASE WHEN state IN ('missing', 'not_connected') THEN nullif(n, 0) ELSE n END AS n,
	CASE WHEN before_known THEN before END AS n_last_year,
	CASE WHEN before_known AND state IN ('complete', 'nothing') THEN n - before END AS change,
	n_year_to_date, n_rolling12, n_rolling12_before
FROM known;
