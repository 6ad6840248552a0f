-- Nothing is said of what nobody has told: areas that a source does not tell of, sides that are withheld, months that are not whole.

-- The sources that have named an area of a municipality, not only the municipality as a whole: in this build, or in an edition. Of the others
-- (the social services report for the whole municipality) nothing is known of its areas. An index probe an area and source.
CREATE INDEX ON lagesbild_store.cell (((cell >> 16) & 65535), (cell & 63));

CREATE FUNCTION lagesbild_store.names_areas(which integer, municipality text) RETURNS SETOF text
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
DECLARE
	b smallint := (SELECT build FROM lagesbild_store.build_current);
BEGIN
	IF which IS NOT NULL THEN
		RETURN QUERY SELECT DISTINCT c.source FROM lagesbild_store.edition_cell c WHERE c.edition = which AND c.municipality = $2 AND c.area <> $2;
	ELSE
		RETURN QUERY SELECT s.name FROM lagesbild_store.source s WHERE EXISTS (
			SELECT FROM (SELECT a.id FROM lagesbild_store.area a WHERE a.build = b AND a.municipality = $2 AND a.code <> $2 AND a.kind <> 'place' OFFSET 0) a
			CROSS JOIN LATERAL (SELECT FROM lagesbild_store.cell c WHERE c.build = b AND (c.cell >> 16) & 65535 = a.id AND c.cell & 63 = s.id LIMIT 1) c);
	END IF;
END $$;

-- What each source had delivered of an area, by month (states_from, 036_covered.sql).
CREATE FUNCTION lagesbild_store.states_of(which integer, area text, municipality text, lo bigint, hi bigint)
RETURNS TABLE (source text, m bigint, state text) LANGUAGE sql STABLE AS $$
	SELECT t.source, t.m, CASE WHEN $2 = $3 OR t.source IN (SELECT lagesbild_store.names_areas($1, $3)) THEN t.state ELSE 'not_connected' END
	FROM lagesbild_store.states_from($1, $3, $4, $5) t
$$;

-- As in 020_figures.sql, but what is said twice is meant once.
CREATE OR REPLACE FUNCTION lagesbild_store.listed(argument text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN argument IS NOT NULL THEN ARRAY(SELECT DISTINCT u FROM unnest(string_to_array(argument, ',')) AS u) END
$$;

-- As in 020_figures.sql, with
-- series: a point is a whole month's count, else null; sources[].areas: does it tell of what lies in the municipality; an institution is no area.
CREATE OR REPLACE FUNCTION lagesbild.summary(period text, inside text, which integer, allowed text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET work_mem = '64MB' SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	span record;
	here record;
	zone text;
	today date := lagesbild_store.today();
	m0 bigint;
	m1 bigint; -- the first month after
	back bigint; -- so many months before is what it is compared with
	wide boolean; -- a county or the country, whose parts are municipalities
	answer jsonb;
BEGIN
	IF which IS NOT NULL THEN
		SELECT e.start AS first, e.months, e.zone, e.area INTO span FROM lagesbild_store.edition e WHERE e.id = which;
		IF span.first IS NULL THEN
			PERFORM lagesbild_store.problem(404, 'Utgåvan finns inte', 'there is no such edition');
		END IF;
		inside := coalesce(inside, span.area);
		zone := span.zone;
	ELSE
		IF period = 'latest' THEN
			period := to_char(lagesbild_store.latest_month(), 'YYYY-MM');
		END IF;
		SELECT s.first, s.months INTO span FROM lagesbild_store.period_span(period) s;
		SELECT b.zone, coalesce(inside, b.municipality) INTO zone, inside
		FROM lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id;
	END IF;
	SELECT a.* INTO here FROM lagesbild_store.named_areas(which) a WHERE a.code = inside
		AND (NOT a.institution OR a.code = (SELECT e.area FROM lagesbild_store.edition e WHERE e.id = which));
	IF here.code IS NULL THEN
		PERFORM lagesbild_store.problem(404, 'Området finns inte', 'area: there is no such area in this picture');
	END IF;
	m0 := lagesbild_store.month_number(span.first);
	m1 := m0 + span.months;
	wide := here.kind NOT IN ('municipality', 'area');
	back := CASE WHEN EXISTS (SELECT FROM lagesbild_store.edition e JOIN lagesbild_store.schema_file f ON f.name = '035_span.sql' AND e.created_at < f.applied_at
		WHERE e.id = which) THEN 12 ELSE greatest(12, (span.months + 11) / 12 * 12) END;

	WITH g AS MATERIALIZED (SELECT c.code, coalesce(t.code, c.code) AS top, coalesce(t.sv, c.sv) AS sv, coalesce(t.en, c.en) AS en, coalesce(t.est, c.est) AS est
		FROM lagesbild_store.named_categories(which) c LEFT JOIN lagesbild_store.named_categories(which) t ON t.code = c.parent),
	s AS MATERIALIZED (SELECT * FROM lagesbild_store.named_sources(which) k WHERE k.source = ANY (allowed)),
	a AS MATERIALIZED (SELECT * FROM lagesbild_store.named_areas(which)),
	f AS MATERIALIZED (
		SELECT k.m, CASE WHEN here.kind IN ('municipality', 'area') THEN k.area ELSE k.child END AS area, g.top AS category, k.source, k.n, k.hid
		FROM lagesbild_store.facts(which, inside, m0 - 36, m1) k JOIN g ON g.code = k.category WHERE k.source = ANY (allowed)),
	st AS MATERIALIZED (SELECT * FROM lagesbild_store.states_of(which, here.code, here.municipality, m0 - 36, m1) t WHERE t.source = ANY (allowed)),
	spans AS (SELECT * FROM (VALUES ('n', m0, m1), ('last', m0 - back, m1 - back), ('r12', m1 - 12, m1), ('before', m1 - 24, m1 - 12),
		('ytd', m1 - 1 - (m1 - 1) % 12, m1), ('ytdlast', m1 - 13 - (m1 - 1) % 12, m1 - 12)) AS v(what, lo, hi)),
	kn AS MATERIALIZED (
		SELECT st.source, p.what, bool_and(st.state IN ('complete', 'nothing')) AND count(*) = max(p.hi - p.lo) AS known,
			bool_and(st.state IN ('complete', 'nothing', 'filling')) AND bool_or(st.state = 'filling') AS filling,
			bool_and(st.state <> 'not_connected') AS connected
		FROM st JOIN spans p ON st.m >= p.lo AND st.m < p.hi GROUP BY 1, 2),
	sums AS MATERIALIZED (
		SELECT f.category, f.source, f.area, p.what, sum(f.n)::bigint AS n, sum(f.hid)::bigint AS hid
		FROM f JOIN spans p ON f.m >= p.lo AND f.m < p.hi GROUP BY 1, 2, 3, 4),
	-- One line a (place of comparison, category, source): the area itself, then what lies in it.
	lines AS MATERIALIZED (
		SELECT NULL::text AS area, u.category, u.source, u.what, sum(u.n)::bigint AS n, sum(u.hid)::bigint AS hid FROM sums u GROUP BY 2, 3, 4
		UNION ALL SELECT u.area, u.category, u.source, u.what, u.n, u.hid FROM sums u WHERE u.what IN ('n', 'last', 'r12')),
	wide AS MATERIALIZED (
		SELECT l.area, l.category, l.source,
			coalesce(max(l.n) FILTER (WHERE l.what = 'n'), 0) AS n, coalesce(max(l.hid) FILTER (WHERE l.what = 'n'), 0) AS n_hid,
			coalesce(max(l.n) FILTER (WHERE l.what = 'last'), 0) AS l, coalesce(max(l.hid) FILTER (WHERE l.what = 'last'), 0) AS l_hid,
			coalesce(max(l.n) FILTER (WHERE l.what = 'r12'), 0) AS r, coalesce(max(l.hid) FILTER (WHERE l.what = 'r12'), 0) AS r_hid,
			coalesce(max(l.n) FILTER (WHERE l.what = 'before'), 0) AS b, coalesce(max(l.hid) FILTER (WHERE l.what = 'before'), 0) AS b_hid,
			coalesce(max(l.n) FILTER (WHERE l.what = 'ytd'), 0) AS y, coalesce(max(l.hid) FILTER (WHERE l.what = 'ytd'), 0) AS y_hid,
			coalesce(max(l.n) FILTER (WHERE l.what = 'ytdlast'), 0) AS z, coalesce(max(l.hid) FILTER (WHERE l.what = 'ytdlast'), 0) AS z_hid
		FROM lines l GROUP BY 1, 2, 3),
	tested AS MATERIALIZED (
		SELECT w.*, kc.known AND kl.known AND w.n_hid = 0 AND w.l_hid = 0 AS comparable, NOT kl.connected AND kc.connected AS young,
			CASE WHEN kc.known AND kl.known AND w.n_hid = 0 AND w.l_hid = 0 THEN lagesbild_store.exact_p(w.n, w.l, share.days) END AS p
		FROM wide w JOIN kn kc ON kc.source = w.source AND kc.what = 'n' JOIN kn kl ON kl.source = w.source AND kl.what = 'last'
		CROSS JOIN (SELECT d.now::double precision / (d.now + d.then) AS days
			FROM (SELECT lagesbild_store.month_date(m1) - lagesbild_store.month_date(m0) AS now,
				lagesbild_store.month_date(m1 - back) - lagesbild_store.month_date(m0 - back) AS then) d) share),
	-- Two families, the area as a whole and what lies in it. A test that could not have told anything, so few are the counts, is not one
	-- (Tarone 1990): 8 in all can reach p = 0.008.
	ranked AS (
		SELECT t.area, t.category, t.source, t.p, t.area IS NULL AS whole, rank() OVER (w ORDER BY t.p) AS r, count(*) OVER w AS of
		FROM tested t JOIN g ON g.code = t.category WHERE t.p IS NOT NULL AND NOT t.young AND g.est AND t.n + t.l >= 8
		WINDOW w AS (PARTITION BY t.area IS NULL)),
	held AS MATERIALIZED (
		SELECT k.area, k.category, k.source FROM ranked k
		WHERE k.p <= (SELECT max(x.p) FROM ranked x WHERE x.whole = k.whole AND x.p <= 0.05 * x.r / x.of)),
	judged AS MATERIALIZED (
		SELECT t.*, g.sv, g.en, g.est, CASE WHEN t.young THEN 'new' WHEN NOT t.comparable THEN 'none'
			WHEN t.p < 0.05 THEN CASE WHEN t.n > t.l THEN 'increase' ELSE 'decrease' END ELSE 'usual' END AS verdict,
			h.category IS NOT NULL AS holds
		FROM tested t JOIN g ON g.code = t.category
		LEFT JOIN held h ON h.area IS NOT DISTINCT FROM t.area AND h.category = t.category AND h.source = t.source),
	months AS (SELECT generate_series(m0 - 36, m1 - 1) AS m),
	series AS MATERIALIZED (
		SELECT k.category, k.source, jsonb_agg(CASE WHEN st.state IN ('complete', 'nothing') AND coalesce(x.hid, 0) = 0 THEN coalesce(x.n, 0) END ORDER BY mm.m) AS points
		FROM (SELECT DISTINCT w.category, w.source FROM wide w) k CROSS JOIN months mm
		JOIN st ON st.source = k.source AND st.m = mm.m
		LEFT JOIN (SELECT f.category, f.source, f.m, sum(f.n)::bigint AS n, sum(f.hid)::bigint AS hid FROM f GROUP BY 1, 2, 3) x
			ON x.category = k.category AND x.source = k.source AND x.m = mm.m
		GROUP BY 1, 2),
	hh AS MATERIALIZED (
		SELECT k.source, g.est, (k.weekday - 1) * 24 + k.hour AS k, coalesce(sum(k.n) FILTER (WHERE k.m >= m0), 0)::bigint AS n,
			coalesce(sum(k.n) FILTER (WHERE k.m >= m1 - 12), 0)::bigint AS n12
		FROM lagesbild_store.hours_from(which, inside, least(m0, m1 - 12), m1) k JOIN g ON g.code = k.category
		WHERE k.source = ANY (allowed) GROUP BY 1, 2, 3)
	SELECT jsonb_build_object(
		'sources', (SELECT coalesce(jsonb_agg(jsonb_build_object('source', s.source, 'sv', s.sv, 'en', s.en, 'short', s.short,
				'state', o.state, 'states', o.states, 'known_last_year', kl.known, 'connected_last_year', kl.connected,
				'areas', wide OR s.source IN (SELECT lagesbild_store.names_areas(which, here.municipality))) ORDER BY o.state = 'not_connected', s.n), '[]')
			FROM s JOIN kn kl ON kl.source = s.source AND kl.what = 'last'
			JOIN LATERAL (SELECT jsonb_agg(st.state ORDER BY st.m) AS states, CASE WHEN bool_or(st.state = 'missing') THEN 'missing'
				WHEN bool_or(st.state = 'filling') THEN 'filling' WHEN bool_and(st.state = 'nothing') THEN 'nothing'
				WHEN bool_and(st.state = 'not_connected') THEN 'not_connected' WHEN bool_or(st.state = 'not_connected') THEN 'partly'
				ELSE 'complete' END AS state
				FROM st WHERE st.source = s.source AND st.m >= m0) o ON true),
		'rows', (SELECT coalesce(jsonb_agg(jsonb_build_object('category', j.category, 'source', j.source, 'sv', j.sv, 'en', j.en, 'est', j.est,
				'n', lagesbild_store.figure(j.n, j.n_hid, kc.known, kc.filling), 'last_year', lagesbild_store.figure(j.l, j.l_hid, kl.known, kl.filling),
				'change', CASE WHEN j.comparable THEN j.n - j.l END, 'p', round(j.p::numeric, 6), 'verdict', j.verdict, 'holds', j.holds,
				'r12', lagesbild_store.figure(j.r, j.r_hid, kr.known, kr.filling), 'r12_before', lagesbild_store.figure(j.b, j.b_hid, kb.known, kb.filling),
				'ytd', lagesbild_store.figure(j.y, j.y_hid, ky.known, ky.filling), 'ytd_last_year', lagesbild_store.figure(j.z, j.z_hid, kz.known, kz.filling),
				'series', x.points) ORDER BY j.est DESC, j.n DESC, j.r DESC, j.sv, s.n), '[]')
			FROM judged j JOIN s ON s.source = j.source JOIN series x ON x.category = j.category AND x.source = j.source
			JOIN kn kc ON kc.source = j.source AND kc.what = 'n' JOIN kn kl ON kl.source = j.source AND kl.what = 'last'
			JOIN kn kr ON kr.source = j.source AND kr.what = 'r12' JOIN kn kb ON kb.source = j.source AND kb.what = 'before'
			JOIN kn ky ON ky.source = j.source AND ky.what = 'ytd' JOIN kn kz ON kz.source = j.source AND kz.what = 'ytdlast'
			WHERE j.area IS NULL AND (j.n + j.n_hid + j.l + j.l_hid + j.r + j.r_hid > 0)),
		'areas', (SELECT coalesce(jsonb_agg(jsonb_build_object('area', j.area, 'category', j.category, 'source', j.source, 'est', j.est,
				'n', lagesbild_store.figure(j.n, j.n_hid, kc.known, kc.filling), 'last_year', lagesbild_store.figure(j.l, j.l_hid, kl.known, kl.filling),
				'change', CASE WHEN j.comparable THEN j.n - j.l END, 'p', round(j.p::numeric, 6), 'verdict', j.verdict, 'holds', j.holds,
				'r12', lagesbild_store.figure(j.r, j.r_hid, kr.known, kr.filling)) ORDER BY j.area, j.est DESC, j.category, s.n), '[]')
			FROM judged j JOIN s ON s.source = j.source
			JOIN kn kc ON kc.source = j.source AND kc.what = 'n' JOIN kn kl ON kl.source = j.source AND kl.what = 'last'
			JOIN kn kr ON kr.source = j.source AND kr.what = 'r12'
			WHERE j.area IS NOT NULL),
		'verdicts', (SELECT coalesce(jsonb_agg(jsonb_build_object('area', j.area, 'name', a.name, 'category', j.category, 'sv', j.sv, 'en', j.en,
				'source', j.source, 'short', s.short, 'n', j.n, 'last_year', j.l, 'p', round(j.p::numeric, 6), 'verdict', j.verdict)
				ORDER BY j.verdict DESC, j.p, j.area NULLS FIRST), '[]')
			FROM judged j JOIN s ON s.source = j.source LEFT JOIN a ON a.code = j.area WHERE j.holds),
		'tested', (SELECT count(*) FROM ranked k WHERE k.whole),
		'names', (SELECT coalesce(jsonb_object_agg(a.code, jsonb_build_object('name', a.name, 'kind', a.kind, 'parent', a.parent)), '{}')
			FROM a WHERE a.code IN (SELECT t.code FROM lagesbild_store.tree_of(which, inside) t) AND a.kind <> 'place' OR a.code = inside),
		'hours', (SELECT coalesce(jsonb_agg(jsonb_build_object('source', h.source, 'est', h.est, 'n', h.n, 'n12', h.n12) ORDER BY h.source, h.est), '[]')
			FROM (SELECT x.source, x.est, jsonb_agg(coalesce(y.n, 0) ORDER BY w.k) AS n, jsonb_agg(coalesce(y.n12, 0) ORDER BY w.k) AS n12
				FROM (SELECT DISTINCT hh.source, hh.est FROM hh) x CROSS JOIN generate_series(0, 167) AS w(k)
				LEFT JOIN hh y ON y.source = x.source AND y.est = x.est AND y.k = w.k GROUP BY 1, 2) h),
		'places', (SELECT coalesce(jsonb_agg(jsonb_build_object('place', q.place, 'source', q.source, 'short', s.short, 'category', q.category, 'sv', q.sv, 'est', q.est,
				'n', q.n, 'n12', q.n12) ORDER BY q.n DESC, q.n12 DESC, q.place), '[]')
			FROM (SELECT k.place, k.source, g.top AS category, g.sv, g.est, coalesce(sum(k.n) FILTER (WHERE k.m >= m0), 0)::bigint AS n,
					coalesce(sum(k.n) FILTER (WHERE k.m >= m1 - 12), 0)::bigint AS n12
				FROM lagesbild_store.places_from(which, inside, least(m0, m1 - 12), m1) k JOIN g ON g.code = k.category
				WHERE k.source = ANY (allowed) GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC, 7 DESC, 1 LIMIT 200) q JOIN s ON s.source = q.source),
		'complete', today >= lagesbild_store.month_date(m1) - 1 AND NOT (SELECT bool_or(st.state = 'filling') FROM st WHERE st.m >= m0),
		'over', today >= lagesbild_store.month_date(m1) - 1,
		'period', lagesbild_store.period_name(span.first, span.months), 'first', to_char(span.first, 'YYYY-MM'), 'months', span.months,
		'series_first', to_char(lagesbild_store.month_date(m0 - 36), 'YYYY-MM'),
		'previous', lagesbild_store.period_name((span.first - span.months * interval '1 month')::date, span.months),
		'next', CASE WHEN lagesbild_store.month_date(m1) <= today THEN lagesbild_store.period_name(lagesbild_store.month_date(m1), span.months) END,
		'area', jsonb_build_object('code', here.code, 'name', here.name, 'kind', here.kind, 'parent', here.parent),
		'today', today, 'zone', zone, 'edition', which)
	INTO answer;
	RETURN answer;
END $$;

-- As in 020_figures.sql, with areas that a source says nothing of, and without institutions and places: they are no areas that are counted.
CREATE OR REPLACE FUNCTION lagesbild.api_cells(allowed text[], arguments jsonb)
RETURNS TABLE (period text, area text, category text, source text, n bigint, status text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET work_mem = '64MB' SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
	step integer := CASE coalesce(arguments->>'by', 'month') WHEN 'month' THEN 1 WHEN 'tertial' THEN 4 WHEN 'year' THEN 12 END;
	month constant text := '^(19[789]|20[0-9])[0-9]-(0[1-9]|1[0-2])$';
	newest bigint := lagesbild_store.month_number(lagesbild_store.today());
	lo bigint;
	hi bigint;
	b record;
	sources text[] := coalesce(lagesbild_store.listed(arguments->>'source'), allowed);
	areas text[] := lagesbild_store.listed(arguments->>'area');
	wanted text[] := lagesbild_store.listed(arguments->>'category');
	size bigint;
BEGIN
	SELECT k.id, k.municipality INTO b FROM lagesbild_store.build k JOIN lagesbild_store.build_current c ON c.build = k.id;
	IF step IS NULL THEN
		PERFORM lagesbild_store.problem(400, 'Frågan är fel', 'by: month, tertial or year');
	ELSIF arguments->>'from' !~ month OR arguments->>'to' !~ month THEN
		PERFORM lagesbild_store.problem(400, 'Frågan är fel', 'from, to: a month, YYYY-MM');
	ELSIF coalesce(arguments->>'below', '0') NOT IN ('0', '1') THEN
		PERFORM lagesbild_store.problem(400, 'Frågan är fel', 'below: 0 or 1');
	END IF;
	hi := coalesce(lagesbild_store.month_number(to_date(arguments->>'to', 'YYYY-MM')), newest);
	lo := coalesce(lagesbild_store.month_number(to_date(arguments->>'from', 'YYYY-MM')), hi - 12);
	IF lo > hi THEN
		PERFORM lagesbild_store.problem(400, 'Frågan motsäger sig själv', 'from is later than to');
	END IF;
	lo := lo - lo % step;
	hi := hi - hi % step + step;
	IF EXISTS (SELECT FROM unnest(sources) u WHERE u <> ALL (allowed)) THEN
		PERFORM lagesbild_store.problem(403, 'Du har inte tillgång till den källan', 'source');
	END IF;
	areas := coalesce(areas, ARRAY[b.municipality]);
	IF EXISTS (SELECT FROM unnest(areas) u WHERE NOT EXISTS (SELECT FROM lagesbild_store.area a WHERE a.build = b.id AND a.code = u
		AND a.kind <> 'place' AND NOT a.institution)) THEN
		PERFORM lagesbild_store.problem(404, 'Området finns inte', 'area');
	END IF;
	wanted := coalesce(wanted, ARRAY(SELECT g.code FROM lagesbild_store.category g WHERE g.build = b.id AND g.parent IS NULL));
	IF EXISTS (SELECT FROM unnest(wanted) u WHERE NOT EXISTS (SELECT FROM lagesbild_store.category g WHERE g.build = b.id AND g.code = u)) THEN
		PERFORM lagesbild_store.problem(404, 'Kategorin finns inte', 'category');
	END IF;
	IF arguments->>'below' = '1' THEN
		areas := ARRAY(SELECT DISTINCT u FROM unnest(areas || ARRAY(SELECT a.code FROM lagesbild_store.area a
			WHERE a.build = b.id AND a.parent = ANY (areas) AND a.kind <> 'place' AND NOT a.institution)) AS u);
	END IF;
	-- Said before any work is done for it.
	size := (hi - lo) / step * cardinality(areas) * cardinality(wanted) * cardinality(sources);
	IF size > 500000 OR cardinality(areas) > 400 THEN
		PERFORM lagesbild_store.problem(400, 'Frågan är för stor', format('%s places are asked for, 500000 are given at most: narrow it', size));
	END IF;
	RETURN QUERY
	WITH tree AS MATERIALIZED (
		SELECT g.code AS top, l.code AS leaf FROM lagesbild_store.category g
		JOIN lagesbild_store.category_ancestor x ON x.build = b.id AND x.ancestor = g.id
		JOIN lagesbild_store.category l ON l.build = b.id AND l.id = x.category
		WHERE g.build = b.id AND g.code = ANY (wanted)),
	f AS MATERIALIZED (
		SELECT r.code AS area, k.m / step AS p, k.category, k.source, sum(k.n)::bigint AS n, sum(k.hid)::bigint AS hid
		FROM unnest(areas) AS r(code) CROSS JOIN LATERAL lagesbild_store.facts(NULL, r.code, lo, hi) k
		WHERE k.source = ANY (sources) GROUP BY 1, 2, 3, 4),
	rolled AS MATERIALIZED (
		SELECT f.area, f.p, t.top AS category, f.source, sum(f.n)::bigint AS n, sum(f.hid)::bigint AS hid
		FROM f JOIN tree t ON t.leaf = f.category GROUP BY 1, 2, 3, 4),
	pairs AS MATERIALIZED (
		SELECT DISTINCT t.top AS category, s.name AS source FROM lagesbild_store.mapping m
		JOIN lagesbild_store.source s ON s.id = m.source AND s.name = ANY (sources)
		JOIN lagesbild_store.category g ON g.build = b.id AND g.id = m.category JOIN tree t ON t.leaf = g.code WHERE m.build = b.id
		UNION SELECT DISTINCT category, source FROM rolled),
	places AS MATERIALIZED (
		SELECT r.code AS area, a.municipality FROM unnest(areas) AS r(code) JOIN lagesbild_store.area a ON a.build = b.id AND a.code = r.code),
	reach AS MATERIALIZED (
		SELECT k.municipality, v.source FROM (SELECT DISTINCT municipality FROM places WHERE area <> municipality) k
		CROSS JOIN LATERAL lagesbild_store.names_areas(NULL, k.municipality) AS v(source)),
	states AS MATERIALIZED (
		SELECT k.municipality, t.source, t.m / step AS p, bool_and(t.state IN ('complete', 'nothing')) AS known,
			bool_and(t.state IN ('complete', 'nothing', 'filling')) AND bool_or(t.state = 'filling') AS filling
		FROM (SELECT DISTINCT municipality FROM places) k CROSS JOIN LATERAL lagesbild_store.states_from(NULL, k.municipality, lo, hi) t GROUP BY 1, 2, 3)
	SELECT lagesbild_store.period_name(lagesbild_store.month_date(t.p * step), step), l.area, c.category, c.source,
		(v.figure->>'n')::bigint, v.figure->>'s'
	FROM places l CROSS JOIN pairs c JOIN states t ON t.municipality = l.municipality AND t.source = c.source
	LEFT JOIN rolled r ON r.area = l.area AND r.p = t.p AND r.category = c.category AND r.source = c.source
	LEFT JOIN reach h ON h.municipality = l.municipality AND h.source = c.source
	CROSS JOIN LATERAL (SELECT l.area = l.municipality OR h.source IS NOT NULL AS told) k
	CROSS JOIN LATERAL (SELECT lagesbild_store.figure(coalesce(r.n, 0), coalesce(r.hid, 0), t.known AND k.told, t.filling AND k.told) AS figure) v
	ORDER BY t.p, l.area, c.category, c.source;
END $$;

-- As in 020_figures.sql, but when nothing fits there is no data set to give.
CREATE OR REPLACE FUNCTION lagesbild.api_cells_stat(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET jit = off AS $$
DECLARE
	answer jsonb;
BEGIN
	WITH c AS MATERIALIZED (SELECT * FROM lagesbild.api_cells(allowed, arguments)),
	b AS MATERIALIZED (SELECT build FROM lagesbild_store.build_current),
	d AS MATERIALIZED (
		SELECT 1 AS k, 'time' AS id, 'Period' AS label, code, code AS name, row_number() OVER (ORDER BY code) - 1 AS i FROM (SELECT DISTINCT period AS code FROM c) x
		UNION ALL SELECT 2, 'area', 'Område', x.code, a.name, row_number() OVER (ORDER BY x.code) - 1 FROM (SELECT DISTINCT area AS code FROM c) x
			JOIN lagesbild_store.area a ON a.build = (SELECT build FROM b) AND a.code = x.code
		UNION ALL SELECT 3, 'category', 'Kategori', x.code, g.sv, row_number() OVER (ORDER BY x.code) - 1 FROM (SELECT DISTINCT category AS code FROM c) x
			JOIN lagesbild_store.category g ON g.build = (SELECT build FROM b) AND g.code = x.code
		UNION ALL SELECT 4, 'source', 'Källa', x.code, s.sv, row_number() OVER (ORDER BY x.code) - 1 FROM (SELECT DISTINCT source AS code FROM c) x
			JOIN lagesbild_store.source s ON s.name = x.code),
	grid AS (
		SELECT row_number() OVER (ORDER BY t.i, a.i, g.i, s.i) - 1 AS i, c.n, CASE WHEN c.period IS NULL THEN '..' ELSE c.status END AS status
		FROM d t CROSS JOIN d a CROSS JOIN d g CROSS JOIN d s
		LEFT JOIN c ON c.period = t.code AND c.area = a.code AND c.category = g.code AND c.source = s.code
		WHERE t.k = 1 AND a.k = 2 AND g.k = 3 AND s.k = 4)
	SELECT jsonb_build_object('version', '2.0', 'class', 'dataset', 'label', 'Lägesbild: händelser per period, område, kategori och källa',
		'note', jsonb_build_array('Källor får inte summeras: samma händelse kan finnas i flera.'),
		'id', jsonb_build_array('time', 'area', 'category', 'source'), 'role', '{"time": ["time"], "geo": ["area"]}'::jsonb,
		'size', (SELECT jsonb_agg((SELECT count(*) FROM d WHERE d.k = k.k) ORDER BY k.k) FROM generate_series(1, 4) AS k(k)),
		'dimension', (SELECT jsonb_object_agg(x.id, x.dimension) FROM (SELECT id, jsonb_build_object('label', min(label), 'category',
			jsonb_build_object('index', jsonb_agg(code ORDER BY i), 'label', jsonb_object_agg(code, name))) AS dimension FROM d GROUP BY id) x),
		'value', (SELECT coalesce(jsonb_agg(n ORDER BY i), '[]') FROM grid),
		'status', (SELECT coalesce(jsonb_object_agg(i, status), '{}') FROM grid WHERE status IS NOT NULL),
		'extension', jsonb_build_object('status', jsonb_build_object('..', 'uppgift saknas', '<5', 'litet antal, visas ej',
			'≥', 'minst: något saknas i talet', 'p', 'preliminär: månaden fylls på')))
	INTO answer;
	IF answer->'value' = '[]' THEN
		PERFORM lagesbild_store.problem(404, 'Inga siffror finns för det urvalet', 'none of the sources has to do with any of the categories');
	END IF;
	RETURN answer;
END $$;

-- As in 029_effect.sql, but an institution is none.
CREATE OR REPLACE FUNCTION lagesbild_store.area_here(code text, argument text) RETURNS lagesbild_store.area LANGUAGE plpgsql STABLE AS $$
DECLARE
	a lagesbild_store.area;
BEGIN
	SELECT k.* INTO a FROM lagesbild_store.area k JOIN lagesbild_store.build_current c ON c.build = k.build
	WHERE k.code = area_here.code AND k.kind <> 'place' AND NOT k.institution;
	IF a.code IS NULL THEN
		PERFORM lagesbild_store.problem(404, 'Området finns inte', argument);
	END IF;
	RETURN a;
END $$;

-- As in 029_effect.sql, with areas that a source says nothing of.
CREATE OR REPLACE FUNCTION lagesbild.api_effect(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET jit = off AS $$
DECLARE
	month constant text := '^(19[789]|20[0-9])[0-9]-(0[1-9]|1[0-2])$';
	b smallint := (SELECT build FROM lagesbild_store.build_current);
	lo bigint;
	hi bigint; -- the first month after
	here lagesbild_store.area;
	beside lagesbild_store.area;
	leaves text[];
	answer jsonb;
BEGIN
	IF NOT arguments ?& '{area,control,category,from,to}' THEN
		PERFORM lagesbild_store.problem(400, 'Frågan är fel', 'area, control, category, from and to are needed');
	ELSIF arguments->>'from' !~ month OR arguments->>'to' !~ month THEN
		PERFORM lagesbild_store.problem(400, 'Frågan är fel', 'from, to: a month, YYYY-MM');
	END IF;
	lo := lagesbild_store.month_number(to_date(arguments->>'from', 'YYYY-MM'));
	hi := lagesbild_store.month_number(to_date(arguments->>'to', 'YYYY-MM')) + 1;
	IF hi - lo NOT BETWEEN 1 AND 12 THEN
		PERFORM lagesbild_store.problem(400, 'Mellan en och tolv månader jämförs', 'from, to: 1 to 12 months');
	END IF;
	here := lagesbild_store.area_here(arguments->>'area', 'area');
	beside := lagesbild_store.area_here(arguments->>'control', 'control');
	IF lagesbild_store.lies_in(here.code, beside.code) OR lagesbild_store.lies_in(beside.code, here.code) THEN
		PERFORM lagesbild_store.problem(400, 'Området att jämföra med ska ligga för sig', 'control: neither the area itself, nor inside it, nor around it');
	END IF;
	leaves := ARRAY(SELECT l.code FROM lagesbild_store.category g JOIN lagesbild_store.category_ancestor x ON x.build = b AND x.ancestor = g.id
		JOIN lagesbild_store.category l ON l.build = b AND l.id = x.category WHERE g.build = b AND g.code = arguments->>'category');
	IF leaves = '{}' THEN
		PERFORM lagesbild_store.problem(404, 'Kategorin finns inte', 'category');
	END IF;

	WITH p AS (SELECT * FROM (VALUES (false, here.code, here.municipality), (true, beside.code, beside.municipality)) AS v(control, code, municipality)
		CROSS JOIN (VALUES (false, lo - 12, hi - 12), (true, lo, hi)) AS t(after, lo, hi)),
	f AS MATERIALIZED (
		SELECT p.control, p.after, k.source, sum(k.n)::bigint AS n, sum(k.hid)::bigint AS hid
		FROM p CROSS JOIN LATERAL lagesbild_store.facts(NULL, p.code, p.lo, p.hi) k WHERE k.category = ANY (leaves) AND k.source = ANY (allowed) GROUP BY 1, 2, 3),
	s AS MATERIALIZED (
		SELECT k.id, k.name, k.short, k.sv FROM lagesbild_store.source k WHERE k.name = ANY (allowed) AND (k.name IN (SELECT f.source FROM f)
			OR EXISTS (SELECT FROM lagesbild_store.mapping m JOIN lagesbild_store.category g ON g.build = b AND g.id = m.category
				WHERE m.build = b AND m.source = k.id AND g.code = ANY (leaves)))),
	kn AS MATERIALIZED (
		SELECT p.control, p.after, t.source, bool_and(t.state IN ('complete', 'nothing')) AS known,
			bool_and(t.state IN ('complete', 'nothing', 'filling')) AND bool_or(t.state = 'filling') AS filling
		FROM p CROSS JOIN LATERAL lagesbild_store.states_of(NULL, p.code, p.municipality, p.lo, p.hi) t GROUP BY 1, 2, 3),
	fig AS (
		SELECT s.id, s.name, s.short, s.sv, kn.control, kn.after, lagesbild_store.figure(coalesce(f.n, 0), coalesce(f.hid, 0), kn.known, kn.filling) AS v
		FROM s JOIN kn ON kn.source = s.name LEFT JOIN f ON f.source = s.name AND f.control = kn.control AND f.after = kn.after),
	wide AS (
		SELECT g.id, g.name, g.short, g.sv, jsonb_agg(g.v ORDER BY g.control, g.after) AS v, -- before, after, of the control before, after
			array_agg(CASE WHEN g.v ? 's' THEN NULL ELSE (g.v->>'n')::bigint END ORDER BY g.control, g.after) AS n
		FROM fig g GROUP BY 1, 2, 3, 4)
	SELECT jsonb_build_object('from', arguments->>'from', 'to', arguments->>'to', 'before_from', to_char(lagesbild_store.month_date(lo - 12), 'YYYY-MM'),
		'before_to', to_char(lagesbild_store.month_date(hi - 13), 'YYYY-MM'), 'months', hi - lo, 'area', here.code, 'control', beside.code,
		'category', arguments->>'category', 'rows', coalesce(jsonb_agg(jsonb_build_object('source', w.name, 'short', w.short, 'sv', w.sv,
			'before', w.v -> 0, 'after', w.v -> 1, 'control_before', w.v -> 2, 'control_after', w.v -> 3,
			'effect', e.effect, 'se', round(e.se::numeric, 2), 'verdict', e.verdict) ORDER BY w.id), '[]'))
	INTO answer FROM wide w CROSS JOIN LATERAL lagesbild_store.wdd(w.n[1], w.n[2], w.n[3], w.n[4]) e;
	RETURN answer;
END $$;

-- As in 033_quality.sql, with how many small counts are withheld, and so are not in n and what is of it.
CREATE OR REPLACE FUNCTION lagesbild.api_quality(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
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
	SELECT k.id, k.municipality, k.zone INTO b FROM lagesbild_store.build k JOIN lagesbild_store.build_current c ON c.build = k.id;
	lo := lagesbild_store.month_number(span.first);
	hi := lo + span.months;
	RETURN (
	WITH st AS MATERIALIZED (SELECT t.source, array_agg(DISTINCT t.state) AS states FROM lagesbild_store.states_from(NULL, b.municipality, lo, hi) t GROUP BY 1),
	hid AS MATERIALIZED (
		SELECT (c.cell & 63)::smallint AS source, sum(c.n_suppressed)::bigint AS n FROM lagesbild_store.cell c
		WHERE c.build = b.id AND c.cell >= lo << 32 AND c.cell < hi << 32 AND c.n_suppressed <> 0 GROUP BY 1),
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
				q.received, q.unmapped, q.n, coalesce(hid.n, 0) AS withheld, q.unclear, q.without_area, q.inside, q.unplaced, q.arrived, q.late, q.corrected, q.withdrawn, q.unfounded,
				lagesbild_store.units_in(s.id, lo, hi) AS units
			FROM lagesbild.source_health h JOIN lagesbild_store.source s ON s.name = h.source
			JOIN lagesbild_store.quality_in(lo, hi) q ON q.source = s.id JOIN st ON st.source = h.source
			LEFT JOIN hid ON hid.source = s.id LEFT JOIN weeks w ON w.source = s.id LEFT JOIN lagesbild_store.delivery_plan p ON p.source = s.id
			WHERE h.source = ANY (allowed)) h),
		'refused', (SELECT coalesce(jsonb_agg(to_jsonb(d)), '[]') FROM (
			SELECT r.source, r.reason, r.n, r.last_at FROM (
				SELECT substring(r.topic FROM 'feed\.([a-z]+)$') AS source, r.reason, count(*) AS n, to_timestamp(max(r.received_at) / 1000.0) AS last_at
				FROM lagesbild_store.reject r WHERE r.state = 'open' GROUP BY 1, 2) r
			WHERE r.source = ANY (allowed) ORDER BY r.n DESC, r.source, r.reason LIMIT 200) d)));
END $$;

-- ---- what has changed since an edition ----

-- As in 029_effect.sql, with what each side lacks (lagesbild_store.figure), and without institutions. n is null where nothing may be said; so is a
-- delta one side of which is withheld or holds something withheld: it would be counted from a zero that is none.
DROP FUNCTION lagesbild.api_revisions(text[], jsonb);
CREATE FUNCTION lagesbild.api_revisions(allowed text[], arguments jsonb) RETURNS TABLE (month text, area text, category text, source text, cause text,
	delta bigint, frozen bigint, frozen_status text, now bigint, now_status text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
	which integer := lagesbild_store.numbered(arguments->>'id', 'id');
	e lagesbild_store.edition;
	lo bigint;
	hi bigint; -- the first month after
BEGIN
	SELECT * INTO e FROM lagesbild_store.edition k WHERE k.id = which;
	IF e.id IS NULL THEN
		PERFORM lagesbild_store.problem(404, 'Utgåvan finns inte', 'there is no such edition');
	END IF;
	hi := lagesbild_store.month_number(e.start) + e.months;
	lo := hi - e.months - 36;
	RETURN QUERY
	WITH c AS MATERIALIZED (
		SELECT k.*, lagesbild_store.month_number(k.month) AS m FROM lagesbild_store.edition_changes(which) k WHERE k.source = ANY (allowed)
			AND NOT EXISTS (SELECT FROM lagesbild_store.edition_area a WHERE a.edition = which AND a.code = k.area AND a.institution AND a.code <> e.area)),
	st AS MATERIALIZED (
		SELECT k.municipality, v.live, t.source, t.m, t.state IN ('complete', 'nothing') AS known, t.state = 'filling' AS filling
		FROM (SELECT DISTINCT c.municipality FROM c) k CROSS JOIN (VALUES (true), (false)) AS v(live)
		CROSS JOIN LATERAL lagesbild_store.states_from(CASE WHEN NOT v.live THEN which END, k.municipality, lo, hi) t)
	SELECT to_char(c.month, 'YYYY-MM'), c.area, c.category, c.source, c.cause,
		CASE WHEN c.frozen_suppressed = 0 AND c.now_suppressed = 0 THEN c.delta END AS delta,
		(v.frozen->>'n')::bigint, v.frozen->>'s', (v.now->>'n')::bigint, v.now->>'s'
	FROM c LEFT JOIN st f ON NOT f.live AND (f.municipality, f.source, f.m) = (c.municipality, c.source, c.m)
	LEFT JOIN st n ON n.live AND (n.municipality, n.source, n.m) = (c.municipality, c.source, c.m)
	CROSS JOIN LATERAL (SELECT
		lagesbild_store.figure(c.frozen, c.frozen_suppressed, coalesce(f.known, false), coalesce(f.filling, false)) AS frozen,
		lagesbild_store.figure(c.now, c.now_suppressed, coalesce(n.known, false), coalesce(n.filling, false)) AS now) v
	ORDER BY c.month DESC, abs(c.delta) DESC, 2, 3, 4, 5 LIMIT 20000;
END $$;
REVOKE EXECUTE ON FUNCTION lagesbild.api_revisions(text[], jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lagesbild.api_revisions(text[], jsonb) TO lagesbild_council, lagesbild_operator;

-- ---- streams ----

-- Which of these readers there are still: a session by its key, or an account by its number.
CREATE FUNCTION lagesbild_desk.still_here(readers text[]) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT r FROM unnest(readers) AS r WHERE EXISTS (
		SELECT FROM lagesbild_desk.session s JOIN lagesbild_desk.account a ON a.id = s.account
		WHERE s.key = r AND a.closed_at IS NULL AND s.second AND s.created_at > now() - interval '12 hours' AND s.seen_at > now() - interval '1 hour')
	OR EXISTS (SELECT FROM lagesbild_desk.account a WHERE a.id::text = r AND a.closed_at IS NULL)
$$;
REVOKE EXECUTE ON FUNCTION lagesbild_desk.still_here(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lagesbild_desk.still_here(text[]) TO lagesbild_desk;
