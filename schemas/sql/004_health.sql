-- How each source does. A summary is kept, because the ledger has no index but its key: one on the time of receipt costs every insert
-- (BRIN: 5 to 9 % of a COPY), ends HOT updates, and after a tenth of the rows have been corrected it excludes nothing any more.

-- What came in, by the UTC day of the message's own time (days since 1970). measure: 0 upserts; 1 of an unknown type; 2 placed
-- in no municipality; 3 + i: came within the i-th limit after their event, the first that holds (intake_limit). Outside the builds.
CREATE TABLE lagesbild_store.intake (
	day integer NOT NULL,
	source smallint NOT NULL,
	measure smallint NOT NULL,
	n bigint NOT NULL,
	PRIMARY KEY (day, source, measure)
) WITH (fillfactor = 50);

CREATE TABLE lagesbild_store.intake_limit (
	measure smallint PRIMARY KEY,
	within interval NOT NULL
);
INSERT INTO lagesbild_store.intake_limit
SELECT n + 2, h * interval '1 hour'
FROM unnest(ARRAY[1, 2, 4, 8, 12, 24, 48, 72, 168, 336, 744]) WITH ORDINALITY AS u(h, n);

-- The limit within which a share of a week's messages came: the smallest that enough of them keep; null when it is above all limits or
-- nothing came.
CREATE FUNCTION lagesbild_store.intake_lag(which smallint, since integer, till integer, share numeric) RETURNS interval
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT l.within
	FROM (SELECT i.measure, sum(sum(i.n)) OVER (ORDER BY i.measure) AS so_far, sum(sum(i.n)) OVER () AS whole
		FROM lagesbild_store.intake i
		WHERE i.source = which AND i.day BETWEEN since AND till AND i.measure >= 3 GROUP BY i.measure) s
	JOIN lagesbild_store.intake_limit l USING (measure)
	WHERE s.so_far >= share * s.whole ORDER BY s.measure LIMIT 1
$$;

-- One row a source that the pack names or that has sent anything; the seven days that end with today.
-- received_7d, unmapped_7d, without_area_7d: upserts received, those of an unknown type, those placed in no municipality.
-- usual_7d: the mean week of the eight before, as far as the source reaches back; null without one whole week.
-- lag_p50, lag_p90: from the event until it came here; imported history by its own time.
-- silent: connected, and nothing for longer than three times what the usual number makes one expect, at least 7 days (monthly counts: 31 days
-- and the pack's complete_after_days), or nothing ever.
CREATE VIEW lagesbild.source_health AS
WITH today AS MATERIALIZED (
	SELECT t.day, t.day - date '1970-01-01' AS till, ((t.day + 1)::timestamp AT TIME ZONE b.zone) AS ends, b.id AS build, d.of_data
	FROM (SELECT lagesbild_store.today() AS day) t
	CROSS JOIN (SELECT EXISTS (SELECT FROM lagesbild_store.setting WHERE name = 'today' AND value = 'data') AS of_data) d
	CROSS JOIN lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id),
last AS MATERIALIZED (
	SELECT substring(c.topic FROM 'feed\.([a-z]+)$') AS source,
		to_timestamp(max(CASE WHEN t.of_data THEN c.newest_at ELSE c.last_at END) / 1000.0) AS at
	FROM lagesbild_store.chain c JOIN today t ON t.build = c.build GROUP BY 1),
sums AS MATERIALIZED (
	SELECT i.source,
		sum(i.n) FILTER (WHERE i.measure = 0 AND i.day > t.till - 7)::bigint AS received,
		sum(i.n) FILTER (WHERE i.measure = 0 AND i.day <= t.till - 7) AS before,
		sum(i.n) FILTER (WHERE i.measure = 1 AND i.day > t.till - 7)::bigint AS unmapped,
		sum(i.n) FILTER (WHERE i.measure = 2 AND i.day > t.till - 7)::bigint AS without_area
	FROM lagesbild_store.intake i CROSS JOIN today t
	WHERE i.day > t.till - 63 AND i.day <= t.till AND i.measure <= 2 GROUP BY 1),
usual AS (
	SELECT s.id, s.name, l.at, p.kind, p.from_month, p.complete_after_days, m.received, m.unmapped, m.without_area,
		CASE WHEN w.weeks >= 1 THEN round(coalesce(m.before, 0) / least(8, w.weeks), 1) END AS usual
	FROM lagesbild_store.source s CROSS JOIN today t
	LEFT JOIN lagesbild_store.delivery_plan p ON p.source = s.id
	LEFT JOIN last l ON l.source = s.name
	LEFT JOIN sums m ON m.source = s.id
	CROSS JOIN LATERAL (SELECT (t.till - 6 - (SELECT min(day) FROM lagesbild_store.intake i
		WHERE i.source = s.id AND i.measure = 0 AND i.day <= t.till)) / 7.0 AS weeks) w
	WHERE p.source IS NOT NULL OR l.source IS NOT NULL)
SELECT u.name AS source, u.at AS last_event_at, coalesce(u.received, 0) AS received_7d, u.usual AS usual_7d,
	lagesbild_store.intake_lag(u.id, t.till - 6, t.till, 0.5) AS lag_p50,
	lagesbild_store.intake_lag(u.id, t.till - 6, t.till, 0.9) AS lag_p90,
	coalesce(u.unmapped, 0) AS unmapped_7d, coalesce(u.without_area, 0) AS without_area_7d,
	coalesce(u.from_month <= t.day AND CASE
		WHEN u.at IS NULL THEN t.day >= (u.from_month + interval '1 month')::date + u.complete_after_days
		ELSE CASE WHEN t.of_data THEN t.ends ELSE now() END - u.at > greatest(
			CASE u.kind WHEN 'counts' THEN (31 + u.complete_after_days) * interval '1 day' ELSE interval '7 days' END,
			3 * interval '7 days' / nullif(u.usual, 0)) END, false) AS silent
FROM usual u CROSS JOIN today t;

GRANT SELECT, INSERT, UPDATE ON lagesbild_store.intake TO lagesbild_writer;
GRANT SELECT ON lagesbild_store.intake, lagesbild_store.intake_limit TO lagesbild_operator;
GRANT SELECT ON lagesbild.source_health TO lagesbild_council, lagesbild_operator;
