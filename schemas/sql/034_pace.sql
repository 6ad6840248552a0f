-- Figures at the pace of a page that 200 look at while events come: no plan is made anew for what is asked again and again (it took longer than
-- the answer), and what sources have delivered is found by index probes, however many cells and rows there are.

-- By month and source, as the ledger's index of what was said and counts in no cell. Its columns never change, so updates stay HOT. Without the
-- build, which each partition has one of: the aggregator's plan for updating cells, made while they are few, would take such an index for its own.
CREATE INDEX ON lagesbild_store.cell ((cell >> 32), (cell & 63));

-- The months for which each source has said something: event, whether any of it counts or would (be its count 0), or all was information. The
-- months are walked by index, one probe each; then one or two a source. Plans that the planner must not improve.
CREATE FUNCTION lagesbild_store.delivered() RETURNS TABLE (source smallint, m bigint, event boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
	b smallint := (SELECT build FROM lagesbild_store.build_current);
BEGIN
	RETURN QUERY
	WITH RECURSIVE counted AS (
		(SELECT c.cell >> 32 AS m FROM lagesbild_store.cell c WHERE c.build = b ORDER BY c.cell >> 32 LIMIT 1)
		UNION ALL
		SELECT n.m FROM counted t CROSS JOIN LATERAL (SELECT c.cell >> 32 AS m FROM lagesbild_store.cell c
			WHERE c.build = b AND c.cell >> 32 > t.m ORDER BY c.cell >> 32 LIMIT 1) n),
	said AS (
		(SELECT l.slot >> 40 AS m FROM lagesbild_store.ledger l WHERE l.build = b AND l.state IN ('a', 'i', 'u') ORDER BY l.slot >> 40 LIMIT 1)
		UNION ALL
		SELECT n.m FROM said t CROSS JOIN LATERAL (SELECT l.slot >> 40 AS m FROM lagesbild_store.ledger l
			WHERE l.build = b AND l.state IN ('a', 'i', 'u') AND l.slot >> 40 > t.m ORDER BY l.slot >> 40 LIMIT 1) n)
	SELECT d.source, d.m, d.event FROM (
		SELECT s.id AS source, k.m, coalesce(
			(SELECT true FROM lagesbild_store.cell c WHERE c.build = b AND c.cell >> 32 = k.m AND c.cell & 63 = s.id
				AND (c.n <> 0 OR c.n_suppressed <> 0 OR c.key_sum <> 0) LIMIT 1),
			(SELECT true FROM lagesbild_store.ledger l WHERE l.build = b AND l.slot >> 40 = k.m AND (l.slot >> 8) & 63 = s.id
				AND l.state = 'a' LIMIT 1),
			(SELECT true FROM lagesbild_store.ledger l WHERE l.build = b AND l.slot >> 40 = k.m AND (l.slot >> 8) & 63 = s.id
				AND l.state = 'u' LIMIT 1),
			(SELECT false FROM lagesbild_store.ledger l WHERE l.build = b AND l.slot >> 40 = k.m AND (l.slot >> 8) & 63 = s.id
				AND l.state = 'i' LIMIT 1)) AS event
		FROM (SELECT m FROM counted UNION SELECT m FROM said) k CROSS JOIN lagesbild_store.source s OFFSET 0) d
	WHERE d.event IS NOT NULL;
END $$;

-- As 002 has it, over that.
CREATE OR REPLACE VIEW lagesbild_store.source_month AS
WITH today AS MATERIALIZED (SELECT lagesbild_store.today() AS day),
delivered AS MATERIALIZED (SELECT source, m, event FROM lagesbild_store.delivered()),
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

DROP FUNCTION lagesbild_store.uncounted();

-- As 002 and 031 have them, in plpgsql, whose plans a session keeps; a function in SQL is planned at every call.
CREATE OR REPLACE FUNCTION lagesbild_store.today() RETURNS date
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan AS $$
BEGIN
	RETURN (SELECT (CASE WHEN (SELECT value FROM lagesbild_store.setting WHERE name = 'today') = 'data'
			THEN coalesce((SELECT to_timestamp(max(newest_at) / 1000.0) FROM lagesbild_store.chain c WHERE c.build = bc.build), now())
			ELSE now() END AT TIME ZONE b.zone)::date
		FROM lagesbild_store.build_current bc JOIN lagesbild_store.build b ON b.id = bc.build);
END $$;

CREATE OR REPLACE FUNCTION lagesbild.figures_version() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan AS $$
BEGIN
	RETURN (SELECT md5(concat_ws(' ', c.build, (SELECT sum(p.next) FROM lagesbild_store.position p WHERE p.build = c.build),
			(SELECT count(*) || ' ' || max(at) FROM lagesbild_store.delivery_set), (SELECT max(n) FROM lagesbild_store.edition_event),
			lagesbild_store.today(), b.created_at, (SELECT string_agg(s::text, ' ' ORDER BY s.id) FROM lagesbild_store.source s)))
		FROM lagesbild_store.build_current c JOIN lagesbild_store.build b ON b.id = c.build);
END $$;

ALTER FUNCTION lagesbild.summary(text, text, integer, text[]) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION lagesbild.api_summary(text[], jsonb) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION lagesbild.api_quality(text[], jsonb) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION lagesbild.api_cells(text[], jsonb) SET plan_cache_mode = force_generic_plan;

-- Called for every row of a table, and too much for PostgreSQL to take into the query.
CREATE OR REPLACE FUNCTION lagesbild_store.period_name(first date, months integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN CASE WHEN months = 1 THEN to_char(first, 'YYYY-MM')
		WHEN months = 4 AND extract(month FROM first) IN (1, 5, 9) THEN to_char(first, 'YYYY') || 'T' || ceil(extract(month FROM first) / 4)
		WHEN months = 12 AND extract(month FROM first) = 1 THEN to_char(first, 'YYYY')
		ELSE to_char(first, 'YYYY-MM/') || to_char(first + (months - 1) * interval '1 month', 'YYYY-MM') END;
END $$;

CREATE OR REPLACE FUNCTION lagesbild_store.figure(n bigint, hid bigint, known boolean, filling boolean) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
	RETURN CASE WHEN n = 0 AND hid > 0 THEN '{"s": "<5"}'::jsonb
		WHEN n = 0 AND NOT known THEN '{"s": ".."}'
		WHEN hid > 0 OR NOT known AND NOT filling THEN jsonb_build_object('n', n, 's', '≥')
		WHEN NOT known THEN jsonb_build_object('n', n, 's', 'p')
		ELSE jsonb_build_object('n', n) END;
END $$;

-- ---- the desk's lists, each row of which asked what day it is several times ----

CREATE FUNCTION lagesbild_desk.measure_json(m lagesbild_desk.measure, today date) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
	late date := least(CASE WHEN m.state IN ('proposed', 'decided', 'ongoing') AND m.ends < today THEN m.ends END,
		CASE WHEN m.state IN ('decided', 'ongoing', 'done') AND m.follow_up < today THEN m.follow_up END);
BEGIN
	RETURN to_jsonb(m) || jsonb_build_object('next', to_jsonb(lagesbild_desk.measure_next(m.state)), 'overdue', late IS NOT NULL, 'days_late', today - late);
END $$;

CREATE OR REPLACE FUNCTION lagesbild_desk.measure_json(m lagesbild_desk.measure) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT lagesbild_desk.measure_json(m, lagesbild_store.today())
$$;

CREATE OR REPLACE FUNCTION lagesbild_desk.measures_get(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	today date := lagesbild_store.today();
BEGIN
	SELECT 200, jsonb_build_object('rows', coalesce(jsonb_agg(j ORDER BY (j -> 'overdue')::boolean DESC, j ->> 'follow_up' NULLS LAST, (j -> 'id')::bigint), '[]'))
	INTO status, answer
	FROM (SELECT lagesbild_desk.measure_json(m, today) AS j FROM lagesbild_desk.measure m WHERE m.owner = coalesce(arguments ->> 'code', m.owner)
		AND m.state = coalesce(arguments ->> 'state', m.state) AND m.area IS NOT DISTINCT FROM coalesce(arguments ->> 'area', m.area) OFFSET 0) AS k;
END $$;

CREATE OR REPLACE FUNCTION lagesbild_desk.meeting_json(m lagesbild_desk.meeting) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
	until date := date_trunc('month', m.day)::date;
	first date := coalesce((SELECT max(date_trunc('month', p.day))::date FROM lagesbild_desk.meeting p
		WHERE p.grp = m.grp AND p.state <> 'cancelled' AND p.id <> m.id AND (p.day, p.id) < (m.day, m.id)), until - interval '1 month');
BEGIN
	RETURN to_jsonb(m) || jsonb_build_object('span', lagesbild_desk.span_text(first, until), 'past', m.day < lagesbild_store.today(),
		'last_year', lagesbild_desk.span_text((first - interval '1 year')::date, (until - interval '1 year')::date));
END $$;
