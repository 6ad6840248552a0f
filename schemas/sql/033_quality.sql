-- Data quality beside the numbers: which units report, what came late, what was not understood, period by period.

-- The units that the municipality's pack names (units.csv), outside the builds. since: the month it was added in; -infinity: it was there
-- when the list was first read.
CREATE TABLE lagesbild_store.unit (
	code text PRIMARY KEY,
	n integer NOT NULL,
	sv text NOT NULL,
	en text NOT NULL,
	since date NOT NULL
);

-- A unit has reported something about a month (counted from 1970-01), be it that there is nothing to report. Outside the builds, and a set,
-- written in the transaction that takes the record in: what is read twice, in whatever order and by however many builds, adds nothing, so it
-- is the distinct units of what the aggregators have read. (What only a rebuild has read, because no aggregator could, is not in it.) Nothing takes one out. What is withdrawn, found unfounded or moved to another month was
-- reported nevertheless, and the effort is what is asked about; only a unit that was named by mistake stays, in that one month.
CREATE TABLE lagesbild_store.reporter (
	source smallint NOT NULL,
	month integer NOT NULL,
	unit text NOT NULL,
	PRIMARY KEY (source, month, unit)
);
GRANT SELECT, INSERT ON lagesbild_store.reporter TO lagesbild_writer;
GRANT SELECT ON lagesbild_store.reporter, lagesbild_store.unit TO lagesbild_operator;

-- An installation that has read its log before this table was there knows its units from the next month on, and does not guess.
INSERT INTO lagesbild_store.setting
SELECT 'units_from', to_char(lagesbild_store.today() + interval '1 month', 'YYYY-MM-01') WHERE EXISTS (SELECT FROM lagesbild_store.position WHERE next > 0);

-- A month's changes, without a look at all others (lagesbild_store.quality_in).
CREATE INDEX ON lagesbild_store.change_log (build, cell);

-- A source's units in the months from lo up to, not with, hi: {active, of, units: [{unit, sv, en, months (in how many it reported), last}]}.
-- Null for a source that has named none by then, and where it is not known. A unit counts as awaited from the month it was listed in.
CREATE FUNCTION lagesbild_store.units_in(which smallint, lo bigint, hi bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
	WITH told AS (
		SELECT r.unit, count(*) FILTER (WHERE r.month >= lo) AS months, max(r.month) AS last
		FROM lagesbild_store.reporter r WHERE r.source = which AND r.month < hi GROUP BY 1)
	SELECT CASE WHEN count(t.unit) > 0 THEN jsonb_build_object('active', count(*) FILTER (WHERE t.months > 0), 'of', count(*),
		'units', jsonb_agg(jsonb_build_object('unit', coalesce(u.code, t.unit), 'sv', coalesce(u.sv, t.unit), 'en', coalesce(u.en, t.unit),
			'months', coalesce(t.months, 0), 'last', to_char(lagesbild_store.month_date(t.last), 'YYYY-MM')) ORDER BY u.n, t.unit)) END
	FROM lagesbild_store.unit u FULL JOIN told t ON t.unit = u.code
	WHERE (t.months > 0 OR u.since < lagesbild_store.month_date(hi)) AND lagesbild_store.month_date(lo) >= coalesce(
		(SELECT value::date FROM lagesbild_store.setting WHERE name = 'units_from'), '-infinity')
$$;

-- What each source's figures of the months from lo up to, not with, hi are worth.
--   received: messages, by their own time (UTC days), once for each version; unmapped: those whose type was unknown when they came
--   n; unclear: of them in category UNK, be the type unknown or one that does not say what happened; without_area: placed in no municipality
--   inside, unplaced: those in the pack's municipality, and of them those in none of its areas
--   arrived: what first arrived for these months, whatever has become of it; late: of it what came when the month already counted as complete
--     (delivery: its end and the days that the pack grants), and so changed a figure that may have been read
--   corrected, withdrawn, unfounded: incidents that a later message changed so
-- The last five are null where nothing but signed history came: imported afterwards, it says nothing of how quickly the source reports. In the
-- month that a source goes live with the history of the month's days before, arrived holds both.
CREATE FUNCTION lagesbild_store.quality_in(lo bigint, hi bigint) RETURNS TABLE (source smallint, received bigint, unmapped bigint,
	n bigint, unclear bigint, without_area bigint, inside bigint, unplaced bigint, arrived bigint, late bigint, corrected bigint, withdrawn bigint, unfounded bigint)
LANGUAGE sql STABLE AS $$
	WITH b AS MATERIALIZED (
		SELECT k.id, k.zone, k.municipality, g.id AS unclear FROM lagesbild_store.build k JOIN lagesbild_store.build_current c ON c.build = k.id
		JOIN lagesbild_store.category g ON g.build = k.id AND g.code = 'UNK'),
	counted AS (
		SELECT (c.cell & 63)::smallint AS source, sum(c.n)::bigint AS n,
			coalesce(sum(c.n) FILTER (WHERE ((c.cell >> 6) & 1023) = b.unclear), 0)::bigint AS unclear,
			coalesce(sum(c.n) FILTER (WHERE length(a.municipality) = 2), 0)::bigint AS without_area,
			coalesce(sum(c.n) FILTER (WHERE a.municipality = b.municipality), 0)::bigint AS inside,
			coalesce(sum(c.n) FILTER (WHERE a.code = b.municipality), 0)::bigint AS unplaced
		FROM b JOIN lagesbild_store.cell c ON c.build = b.id AND c.cell >= lo << 32 AND c.cell < hi << 32
		JOIN lagesbild_store.area a ON a.build = b.id AND a.id = ((c.cell >> 16) & 65535)::int GROUP BY 1),
	changed AS (
		SELECT (l.cell & 63)::smallint AS source, coalesce(sum(l.delta) FILTER (WHERE l.cause <> 'late'), 0)::bigint AS afterwards,
			coalesce(sum(l.delta) FILTER (WHERE l.cause = 'late' AND l.recorded_at >= ((lagesbild_store.month_date((l.cell >> 32) + 1) - 1
				+ coalesce(p.complete_after_days, 0))::timestamp AT TIME ZONE b.zone)), 0)::bigint AS late,
			count(*) FILTER (WHERE l.cause = 'late') AS after_end,
			count(DISTINCT (l.incidents_partition, l.incidents_offset)) FILTER (WHERE l.cause = 'corrected') AS corrected,
			count(DISTINCT (l.incidents_partition, l.incidents_offset)) FILTER (WHERE l.cause IN ('withdrawn', 'source-removed')) AS withdrawn,
			count(DISTINCT (l.incidents_partition, l.incidents_offset)) FILTER (WHERE l.cause = 'unfounded') AS unfounded
		FROM b JOIN lagesbild_store.change_log l ON l.build = b.id AND l.cell >= lo << 32 AND l.cell < hi << 32
		LEFT JOIN lagesbild_store.delivery_plan p ON p.source = (l.cell & 63)::smallint GROUP BY 1),
	came AS (
		SELECT i.source, coalesce(sum(i.n) FILTER (WHERE i.measure = 0), 0)::bigint AS received, sum(i.n) FILTER (WHERE i.measure >= 3) AS live,
			coalesce(sum(i.n) FILTER (WHERE i.measure = 1), 0)::bigint AS unmapped FROM lagesbild_store.intake i
		WHERE i.day >= lagesbild_store.month_date(lo) - date '1970-01-01' AND i.day < lagesbild_store.month_date(hi) - date '1970-01-01' GROUP BY 1)
	SELECT s.id, coalesce(i.received, 0), coalesce(i.unmapped, 0),
		coalesce(k.n, 0), coalesce(k.unclear, 0), coalesce(k.without_area, 0), coalesce(k.inside, 0), coalesce(k.unplaced, 0),
		CASE WHEN v.live THEN coalesce(k.n, 0) - coalesce(c.afterwards, 0) END, CASE WHEN v.live THEN coalesce(c.late, 0) END,
		CASE WHEN v.live THEN coalesce(c.corrected, 0) END, CASE WHEN v.live THEN coalesce(c.withdrawn, 0) END,
		CASE WHEN v.live THEN coalesce(c.unfounded, 0) END
	FROM lagesbild_store.source s LEFT JOIN counted k ON k.source = s.id LEFT JOIN changed c ON c.source = s.id LEFT JOIN came i ON i.source = s.id
	CROSS JOIN LATERAL (SELECT coalesce(i.live > 0, false) OR coalesce(c.after_end > 0, false) AS live) v
$$;

-- How each source does now (source_health, and the nine weeks that end with today, oldest first; null before the first), how good its figures
-- of a period are, and what was refused and is still open, by reason.
CREATE OR REPLACE FUNCTION lagesbild.api_quality(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET jit = off AS $$
DECLARE
	today constant date := lagesbild_store.today();
	till constant integer := today - date '1970-01-01';
	asked text := coalesce(arguments->>'period', 'latest');
	span record;
	b record;
	lo bigint;
	hi bigint;
BEGIN
	IF asked = 'latest' THEN
		asked := to_char(lagesbild_store.latest_month(), 'YYYY-MM');
	END IF;
	SELECT s.first, s.months INTO span FROM lagesbild_store.period_span(asked) s;
	SELECT k.municipality, k.zone INTO b FROM lagesbild_store.build k JOIN lagesbild_store.build_current c ON c.build = k.id;
	lo := lagesbild_store.month_number(span.first);
	hi := lo + span.months;
	RETURN (
	WITH st AS MATERIALIZED (SELECT t.source, array_agg(DISTINCT t.state) AS states FROM lagesbild_store.states_from(NULL, b.municipality, lo, hi) t GROUP BY 1),
	weeks AS MATERIALIZED (
		SELECT w.source, jsonb_agg(CASE WHEN w.first <= till - 7 * (w.ago - 1) THEN w.n END ORDER BY w.ago DESC) AS received
		FROM (SELECT f.source, f.first, g.ago, coalesce(sum(i.n), 0)::bigint AS n
			FROM (SELECT i.source, min(i.day) AS first FROM lagesbild_store.intake i WHERE i.measure = 0 GROUP BY 1) f
			CROSS JOIN generate_series(1, 9) AS g(ago)
			LEFT JOIN lagesbild_store.intake i ON i.source = f.source AND i.measure = 0 AND i.day > till - 7 * g.ago AND i.day <= till - 7 * (g.ago - 1)
			GROUP BY 1, 2, 3) w
		GROUP BY 1)
	SELECT jsonb_build_object('period', lagesbild_store.period_name(span.first, span.months), 'first', to_char(span.first, 'YYYY-MM'),
		'months', span.months, 'today', today, 'zone', b.zone,
		'sources', (SELECT coalesce(jsonb_agg(to_jsonb(h) - 'id' ORDER BY h.id), '[]') FROM (
			SELECT s.id, h.source, s.sv, s.en, s.short, to_char(p.from_month, 'YYYY-MM') AS from_month, h.last_event_at, h.silent,
				h.received_7d, h.usual_7d, coalesce(w.received, '[]') AS weeks, extract(epoch FROM h.lag_p50)::bigint AS lag_p50_s,
				extract(epoch FROM h.lag_p90)::bigint AS lag_p90_s, h.unmapped_7d, h.without_area_7d,
				CASE WHEN 'missing' = ANY (st.states) THEN 'missing' WHEN 'filling' = ANY (st.states) THEN 'filling'
					WHEN cardinality(st.states) = 1 THEN st.states[1] WHEN 'not_connected' = ANY (st.states) THEN 'partly' ELSE 'complete' END AS state,
				q.received, q.unmapped, q.n, q.unclear, q.without_area, q.inside, q.unplaced, q.arrived, q.late, q.corrected, q.withdrawn, q.unfounded,
				lagesbild_store.units_in(s.id, lo, hi) AS units
			FROM lagesbild.source_health h JOIN lagesbild_store.source s ON s.name = h.source
			JOIN lagesbild_store.quality_in(lo, hi) q ON q.source = s.id JOIN st ON st.source = h.source
			LEFT JOIN weeks w ON w.source = s.id LEFT JOIN lagesbild_store.delivery_plan p ON p.source = s.id
			WHERE h.source = ANY (allowed)) h),
		'refused', (SELECT coalesce(jsonb_agg(to_jsonb(d)), '[]') FROM (
			SELECT r.source, r.reason, r.n, r.last_at FROM (
				SELECT substring(r.topic FROM 'feed\.([a-z]+)$') AS source, r.reason, count(*) AS n, to_timestamp(max(r.received_at) / 1000.0) AS last_at
				FROM lagesbild_store.reject r WHERE r.state = 'open' GROUP BY 1, 2) r
			WHERE r.source = ANY (allowed) ORDER BY r.n DESC, r.source, r.reason LIMIT 200) d)));
END $$;

-- Frozen with an edition: {active, of}; null where there are none, and in editions of earlier releases. It is taken with the source's row, so
-- in the same snapshot, and is a line of the text that the hash is of: units, source, active, of. Editions without have the text they had.
ALTER TABLE lagesbild_store.edition_source ADD COLUMN units jsonb;

CREATE FUNCTION lagesbild_store.edition_units() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.units := (SELECT lagesbild_store.units_in(s.id, k.lo, k.lo + e.months) - 'units'
		FROM lagesbild_store.edition e CROSS JOIN LATERAL (SELECT lagesbild_store.month_number(e.start) AS lo) k
		JOIN lagesbild_store.source s ON s.name = NEW.source WHERE e.id = NEW.edition);
	RETURN NEW;
END $$;
CREATE TRIGGER units BEFORE INSERT ON lagesbild_store.edition_source FOR EACH ROW EXECUTE FUNCTION lagesbild_store.edition_units();

ALTER FUNCTION lagesbild_store.edition_lines(integer) RENAME TO edition_lines_but_units;
CREATE FUNCTION lagesbild_store.edition_lines(which integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT line FROM lagesbild_store.edition_lines_but_units(which) AS line
	UNION ALL SELECT concat_ws(E'\t', 'units', source, units->>'active', units->>'of')
	FROM lagesbild_store.edition_source WHERE edition = which AND units IS NOT NULL
$$;

-- A picture says beside each source how many of its units have reported: now, or as an edition froze it.
CREATE OR REPLACE FUNCTION lagesbild.api_summary(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET jit = off AS $$
DECLARE
	answer constant jsonb := lagesbild.summary(arguments->>'period', arguments->>'area', lagesbild_store.numbered(arguments->>'edition', 'edition'), allowed);
	which constant integer := (answer->>'edition')::integer;
	lo constant bigint := lagesbild_store.month_number(to_date(answer->>'first', 'YYYY-MM'));
BEGIN
	IF which IS NOT NULL AND answer->>'period' <> arguments->>'period' THEN
		PERFORM lagesbild_store.problem(404, 'Utgåvan är av en annan period', 'edition: it is of ' || (answer->>'period'));
	END IF;
	RETURN jsonb_set(answer, '{sources}', (SELECT coalesce(jsonb_agg(x.source || jsonb_build_object('units',
			CASE WHEN x.source->>'state' = 'not_connected' THEN NULL WHEN which IS NOT NULL THEN e.units
				ELSE lagesbild_store.units_in(s.id, lo, lo + (answer->>'months')::int) - 'units' END) ORDER BY x.i), '[]')
		FROM jsonb_array_elements(answer->'sources') WITH ORDINALITY AS x(source, i)
		LEFT JOIN lagesbild_store.source s ON s.name = x.source->>'source'
		LEFT JOIN lagesbild_store.edition_source e ON e.edition = which AND e.source = x.source->>'source'));
END $$;
