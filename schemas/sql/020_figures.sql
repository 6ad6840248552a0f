-- Figures as pages and programs read them: one snapshot, every figure with what it lacks, nothing summed over sources. Live, or as an edition
-- froze them. The caller says which sources may be seen; a period is 2026-04, 2026T1, 2026 or 2026-03/2026-04.
-- Errors are raised as SQLSTATE LB and an HTTP status: LB400 for what was asked, LB404 for what there is not.

CREATE FUNCTION lagesbild_store.problem(status integer, title text, detail text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '%', title USING ERRCODE = 'LB' || status, DETAIL = detail;
END $$;

-- First month and length of a period; at most 60 months.
CREATE FUNCTION lagesbild_store.period_span(period text, OUT first date, OUT months integer) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	year constant text := '(?:19[789]|20[0-9])[0-9]';
	month constant text := '(?:0[1-9]|1[0-2])';
BEGIN
	IF period ~ ('^' || year || '-' || month || '$') THEN
		first := to_date(period, 'YYYY-MM');
		months := 1;
	ELSIF period ~ ('^' || year || 'T[123]$') THEN
		first := make_date(left(period, 4)::int, right(period, 1)::int * 4 - 3, 1);
		months := 4;
	ELSIF period ~ ('^' || year || '$') THEN
		first := make_date(period::int, 1, 1);
		months := 12;
	ELSIF period ~ ('^' || year || '-' || month || '/' || year || '-' || month || '$') THEN
		first := to_date(left(period, 7), 'YYYY-MM');
		months := lagesbild_store.month_number(to_date(right(period, 7), 'YYYY-MM')) - lagesbild_store.month_number(first) + 1;
	END IF;
	IF months IS NULL OR months NOT BETWEEN 1 AND 60 THEN
		PERFORM lagesbild_store.problem(400, 'Perioden finns inte', 'period: 2026-04, 2026T1, 2026 or 2026-03/2026-04, at most 60 months');
	END IF;
END $$;

-- How the months from first on are named.
CREATE FUNCTION lagesbild_store.period_name(first date, months integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN months = 1 THEN to_char(first, 'YYYY-MM')
		WHEN months = 4 AND extract(month FROM first) IN (1, 5, 9) THEN to_char(first, 'YYYY') || 'T' || ceil(extract(month FROM first) / 4)
		WHEN months = 12 AND extract(month FROM first) = 1 THEN to_char(first, 'YYYY')
		ELSE to_char(first, 'YYYY-MM/') || to_char(first + (months - 1) * interval '1 month', 'YYYY-MM') END
$$;

-- What figures depend on: it changes when any of them may have changed, and stays while none has.
CREATE FUNCTION lagesbild.figures_version() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT md5(concat_ws(' ', c.build, (SELECT sum(p.next) FROM lagesbild_store.position p WHERE p.build = c.build),
		(SELECT count(*) || ' ' || max(at) FROM lagesbild_store.delivery_set), (SELECT max(n) FROM lagesbild_store.edition_event),
		lagesbild_store.today(), b.created_at))
	FROM lagesbild_store.build_current c JOIN lagesbild_store.build b ON b.id = c.build
$$;

-- The probability of a split at least as unlikely as a against b, when each of the a + b fell to the first with probability share: the exact
-- conditional test of two Poisson counts, two-sided (Przyborowski & Wilenski 1940; as R's poisson.test). Terms beyond 12 standard deviations
-- are below anything that is shown.
CREATE FUNCTION lagesbild_store.exact_p(a bigint, b bigint, share double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	n constant bigint := a + b;
	mode constant bigint := least(floor((n + 1) * share), n);
	reach constant bigint := ceil(12 * sqrt(n * share * (1 - share))) + 30;
	lo constant bigint := least(greatest(0, mode - reach), a);
	hi constant bigint := greatest(least(n, mode + reach), a);
	odds constant double precision := share / (1 - share);
	term double precision := 1; -- of the mode, as the unit
	terms double precision[] := '{}';
	whole double precision := 0;
	tail double precision := 0;
	observed double precision := 0;
BEGIN
	FOR k IN mode .. hi LOOP
		terms[k] := term;
		term := term * (n - k) / (k + 1) * odds;
	END LOOP;
	term := 1;
	FOR k IN REVERSE mode - 1 .. lo LOOP
		term := term * (k + 1) / (n - k) / odds;
		terms[k] := term;
	END LOOP;
	observed := terms[a] * (1 + 1e-7);
	FOR k IN lo .. hi LOOP
		whole := whole + terms[k];
		IF terms[k] <= observed THEN
			tail := tail + terms[k];
		END IF;
	END LOOP;
	RETURN least(tail / whole, 1);
EXCEPTION WHEN numeric_value_out_of_range THEN
	RETURN 0; -- too small for a double: farther out than anything that is told apart
END $$;

-- A figure and what it lacks. {"n": 7}; s = ".." nothing known, "<5" withheld as small, "≥" something is missing in n, "p" still filling.
CREATE FUNCTION lagesbild_store.figure(n bigint, hid bigint, known boolean, filling boolean) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN n = 0 AND hid > 0 THEN '{"s": "<5"}'::jsonb
		WHEN n = 0 AND NOT known THEN '{"s": ".."}'
		WHEN hid > 0 OR NOT known AND NOT filling THEN jsonb_build_object('n', n, 's', '≥')
		WHEN NOT known THEN jsonb_build_object('n', n, 's', 'p')
		ELSE jsonb_build_object('n', n) END
$$;

-- The names that a picture is read by: the current build's, or an edition's own.
CREATE FUNCTION lagesbild_store.named_areas(which integer) RETURNS TABLE (code text, parent text, kind text, name text, municipality text,
	institution boolean) LANGUAGE sql STABLE AS $$
	SELECT a.code, a.parent, a.kind, a.name, a.municipality, a.institution FROM lagesbild_store.area a
	WHERE which IS NULL AND a.build = (SELECT build FROM lagesbild_store.build_current)
	UNION ALL SELECT a.code, a.parent, a.kind, a.name, a.municipality, a.institution FROM lagesbild_store.edition_area a WHERE a.edition = which
$$;

CREATE FUNCTION lagesbild_store.named_categories(which integer) RETURNS TABLE (code text, parent text, sv text, en text, flag text, est boolean)
LANGUAGE sql STABLE AS $$
	SELECT g.code, g.parent, g.sv, g.en, g.flag, g.est FROM lagesbild_store.category g
	WHERE which IS NULL AND g.build = (SELECT build FROM lagesbild_store.build_current)
	UNION ALL SELECT g.code, g.parent, g.sv, g.en, g.flag, g.est FROM lagesbild_store.edition_category g WHERE g.edition = which
$$;

CREATE FUNCTION lagesbild_store.named_sources(which integer) RETURNS TABLE (n bigint, source text, sv text, en text, short text)
LANGUAGE sql STABLE AS $$
	SELECT s.id, s.name, s.sv, s.en, s.short FROM lagesbild_store.source s WHERE which IS NULL
	UNION ALL SELECT coalesce(k.id, 99), e.source, e.sv, e.en, e.short FROM lagesbild_store.edition_source e
	LEFT JOIN lagesbild_store.source k ON k.name = e.source WHERE e.edition = which
$$;

-- Areas under a root and the child of the root that each lies in (itself for the root): without institutions, unless the root is one.
CREATE FUNCTION lagesbild_store.tree_of(which integer, root text) RETURNS TABLE (code text, child text) LANGUAGE sql STABLE AS $$
	WITH RECURSIVE a AS MATERIALIZED (SELECT * FROM lagesbild_store.named_areas(which)),
	t AS (
		SELECT a.code, a.code AS child, 0 AS depth FROM a WHERE a.code = root
		UNION ALL
		SELECT a.code, CASE WHEN t.depth = 0 THEN a.code ELSE t.child END, t.depth + 1
		FROM t JOIN a ON a.parent = t.code WHERE NOT a.institution AND t.depth < 8)
	SELECT t.code, t.child FROM t
$$;

-- Counts of the leaves, months lo up to, not with, hi. Live: an index probe a month and area, so the ledger's size does not matter.
CREATE FUNCTION lagesbild_store.facts(which integer, root text, lo bigint, hi bigint)
RETURNS TABLE (m bigint, area text, child text, category text, source text, n bigint, hid bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
	b smallint := (SELECT build FROM lagesbild_store.build_current);
BEGIN
	IF which IS NOT NULL THEN
		RETURN QUERY SELECT k.m, c.area, t.child, c.category, c.source, c.n, c.n_suppressed
		FROM lagesbild_store.edition_cell c JOIN lagesbild_store.tree_of(which, root) t ON t.code = c.area
		JOIN LATERAL (SELECT lagesbild_store.month_number(c.month) AS m) k ON k.m >= lo AND k.m < hi
		WHERE c.edition = which;
	ELSE
		RETURN QUERY SELECT c.cell >> 32, a.code, t.child, g.code, s.name, c.n, c.n_suppressed
		FROM lagesbild_store.tree_of(NULL, root) t
		JOIN lagesbild_store.area a ON a.build = b AND a.code = t.code
		CROSS JOIN generate_series(lo, hi - 1) AS k(m)
		CROSS JOIN LATERAL (SELECT x.* FROM lagesbild_store.cell x WHERE x.build = b AND x.cell >= (k.m << 32) + (a.id::bigint << 16)
			AND x.cell < (k.m << 32) + ((a.id + 1)::bigint << 16) OFFSET 0) c
		JOIN lagesbild_store.category g ON g.build = b AND g.id = ((c.cell >> 6) & 1023)::smallint
		JOIN lagesbild_store.source s ON s.id = (c.cell & 63)::smallint
		WHERE c.n <> 0 OR c.n_suppressed <> 0;
	END IF;
END $$;

-- What each source had delivered, by month; months to come are filling.
CREATE FUNCTION lagesbild_store.states_from(which integer, municipality text, lo bigint, hi bigint)
RETURNS TABLE (source text, m bigint, state text) LANGUAGE sql STABLE AS $$
	SELECT s.name, k.m, coalesce(t.state, CASE WHEN lagesbild_store.month_date(k.m) > lagesbild_store.today() THEN 'filling' ELSE 'not_connected' END)
	FROM lagesbild_store.source s CROSS JOIN generate_series(lo, hi - 1) AS k(m)
	LEFT JOIN lagesbild_store.states_in($2) t ON t.source = s.name AND t.m = k.m
	WHERE which IS NULL
	UNION ALL
	SELECT d.source, k.m, d.state FROM lagesbild_store.edition_delivery d
	JOIN LATERAL (SELECT lagesbild_store.month_number(d.month) AS m) k ON k.m >= lo AND k.m < hi
	WHERE d.edition = which AND d.municipality = $2
$$;

-- Weekday and hour (local wall time), and places, of what lies in an area: live, or as frozen.
CREATE FUNCTION lagesbild_store.hours_from(which integer, root text, lo bigint, hi bigint)
RETURNS TABLE (m bigint, category text, source text, weekday integer, hour integer, n bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
	b smallint := (SELECT build FROM lagesbild_store.build_current);
BEGIN
	IF which IS NOT NULL THEN
		RETURN QUERY SELECT k.m, h.category, h.source, h.weekday, h.hour, h.n
		FROM lagesbild_store.edition_hour h JOIN lagesbild_store.tree_of(which, root) t ON t.code = h.area
		JOIN LATERAL (SELECT lagesbild_store.month_number(h.month) AS m) k ON k.m >= lo AND k.m < hi
		WHERE h.edition = which;
	ELSE
		RETURN QUERY SELECT c.slot >> 40, g.code, s.name, ((c.slot & 255) / 24 + 1)::int, ((c.slot & 255) % 24)::int, c.n
		FROM lagesbild_store.tree_of(NULL, root) t
		JOIN lagesbild_store.area a ON a.build = b AND a.code = t.code
		CROSS JOIN generate_series(lo, hi - 1) AS k(m)
		CROSS JOIN LATERAL (SELECT x.* FROM lagesbild_store.slot x WHERE x.build = b AND x.slot >= (k.m << 40) + (a.id::bigint << 24)
			AND x.slot < (k.m << 40) + ((a.id + 1)::bigint << 24) OFFSET 0) c
		JOIN lagesbild_store.category g ON g.build = b AND g.id = ((c.slot >> 14) & 1023)::smallint
		JOIN lagesbild_store.source s ON s.id = ((c.slot >> 8) & 63)::smallint
		WHERE c.n <> 0 AND (c.slot & 255) < 168;
	END IF;
END $$;

CREATE FUNCTION lagesbild_store.places_from(which integer, root text, lo bigint, hi bigint)
RETURNS TABLE (m bigint, category text, source text, place text, n bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
	b smallint := (SELECT build FROM lagesbild_store.build_current);
BEGIN
	IF which IS NOT NULL THEN
		RETURN QUERY SELECT k.m, p.category, p.source, p.place, p.n
		FROM lagesbild_store.edition_place p JOIN lagesbild_store.tree_of(which, root) t ON t.code = p.area
		JOIN LATERAL (SELECT lagesbild_store.month_number(p.month) AS m) k ON k.m >= lo AND k.m < hi
		WHERE p.edition = which;
	ELSE
		RETURN QUERY SELECT c.cell >> 32, g.code, s.name, p.name, c.n
		FROM lagesbild_store.tree_of(NULL, root) t
		JOIN lagesbild_store.area a ON a.build = b AND a.code = t.code
		CROSS JOIN generate_series(lo, hi - 1) AS k(m)
		CROSS JOIN LATERAL (SELECT x.* FROM lagesbild_store.place x WHERE x.build = b AND x.cell >= (k.m << 32) + (a.id::bigint << 16)
			AND x.cell < (k.m << 32) + ((a.id + 1)::bigint << 16) OFFSET 0) c
		JOIN lagesbild_store.area p ON p.build = b AND p.id = c.place
		JOIN lagesbild_store.category g ON g.build = b AND g.id = ((c.cell >> 6) & 1023)::smallint
		JOIN lagesbild_store.source s ON s.id = (c.cell & 63)::smallint
		WHERE c.n <> 0;
	END IF;
END $$;

-- The month that a page opens on: the newest of the last three ended months that no source fills, else the last ended. A source that has not
-- delivered for any of the three months before does not hold it up.
CREATE FUNCTION lagesbild_store.latest_month() RETURNS date LANGUAGE sql STABLE AS $$
	WITH d AS MATERIALIZED (SELECT (date_trunc('month', lagesbild_store.today() + 1) - interval '1 month')::date AS ended),
	states AS MATERIALIZED (SELECT t.* FROM lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id,
		lagesbild_store.states_in(b.municipality) t),
	filling AS (SELECT DISTINCT lagesbild_store.month_date(t.m) AS month FROM states t WHERE t.state = 'filling'
		AND EXISTS (SELECT FROM states k WHERE k.source = t.source AND k.known AND k.m BETWEEN t.m - 3 AND t.m - 1))
	SELECT coalesce((SELECT max(e.month::date) FROM generate_series(d.ended - interval '2 months', d.ended, '1 month') AS e(month)
		WHERE e.month::date NOT IN (SELECT month FROM filling)), d.ended) FROM d
$$;

-- The picture of a period as one document, from one snapshot: what a page, a PDF and a program show. which: an edition, null for live figures;
-- period: also latest. inside: an area; allowed: the sources that the reader may see. Keys of the answer:
--   period, first, months, area{code,name,kind,parent}, complete (over, and no source fills it), today, newest, previous, next
--   sources[] {source,sv,en,short,state,states[],months_known}      who has delivered, in the sources' order
--   rows[]    {category,source,sv,est,n,last_year,change,p,verdict,r12,r12_before,ytd,ytd_last_year,series[]}
--   areas[]   {area,name,kind,category,source,n,last_year,change,p,verdict}
--   verdicts[] of rows and areas within the council's scope that hold (Benjamini & Hochberg 1995 over all that were tested, 5 %); tested: how many of the area as a whole
--   hours[]   {source,est,n[168],n12[168]}  Monday 00 first: of the period and of twelve months; places[] {place,name,source,category,n}; series_first: month of series[0]
-- A figure is what lagesbild_store.figure makes. change: null unless both are whole. verdict: increase, decrease, usual; new (the source is younger
-- than a year: too short a history), none (a figure is missing or withheld, so nothing is compared).
CREATE FUNCTION lagesbild.summary(period text, inside text, which integer, allowed text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET work_mem = '64MB' SET jit = off AS $$
DECLARE
	span record;
	here record;
	zone text;
	today date := lagesbild_store.today();
	m0 bigint;
	m1 bigint; -- the first month after
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
	SELECT a.* INTO here FROM lagesbild_store.named_areas(which) a WHERE a.code = inside;
	IF here.code IS NULL THEN
		PERFORM lagesbild_store.problem(404, 'Området finns inte', 'area: there is no such area in this picture');
	END IF;
	m0 := lagesbild_store.month_number(span.first);
	m1 := m0 + span.months;

	WITH g AS MATERIALIZED (SELECT c.code, coalesce(t.code, c.code) AS top, coalesce(t.sv, c.sv) AS sv, coalesce(t.en, c.en) AS en, coalesce(t.est, c.est) AS est
		FROM lagesbild_store.named_categories(which) c LEFT JOIN lagesbild_store.named_categories(which) t ON t.code = c.parent),
	s AS MATERIALIZED (SELECT * FROM lagesbild_store.named_sources(which) k WHERE k.source = ANY (allowed)),
	a AS MATERIALIZED (SELECT * FROM lagesbild_store.named_areas(which)),
	f AS MATERIALIZED (
		SELECT k.m, CASE WHEN here.kind IN ('municipality', 'area') THEN k.area ELSE k.child END AS area, g.top AS category, k.source, k.n, k.hid
		FROM lagesbild_store.facts(which, inside, m0 - 36, m1) k JOIN g ON g.code = k.category WHERE k.source = ANY (allowed)),
	st AS MATERIALIZED (SELECT * FROM lagesbild_store.states_from(which, here.municipality, m0 - 36, m1) t WHERE t.source = ANY (allowed)),
	spans AS (SELECT * FROM (VALUES ('n', m0, m1), ('last', m0 - 12, m1 - 12), ('r12', m1 - 12, m1), ('before', m1 - 24, m1 - 12),
		('ytd', m1 - 1 - (m1 - 1) % 12, m1), ('ytdlast', m1 - 13 - (m1 - 1) % 12, m1 - 12)) AS v(what, lo, hi)),
	kn AS MATERIALIZED (
		SELECT st.source, p.what, bool_and(st.state IN ('complete', 'nothing')) AS known,
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
		SELECT w.*, kc.known AND kl.known AND w.n_hid = 0 AND w.l_hid = 0 AS comparable, NOT kl.connected AS young,
			CASE WHEN kc.known AND kl.known AND w.n_hid = 0 AND w.l_hid = 0 THEN lagesbild_store.exact_p(w.n, w.l, share.days) END AS p
		FROM wide w JOIN kn kc ON kc.source = w.source AND kc.what = 'n' JOIN kn kl ON kl.source = w.source AND kl.what = 'last'
		CROSS JOIN (SELECT d.now::double precision / (d.now + d.then) AS days
			FROM (SELECT lagesbild_store.month_date(m1) - lagesbild_store.month_date(m0) AS now,
				lagesbild_store.month_date(m1 - 12) - lagesbild_store.month_date(m0 - 12) AS then) d) share),
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
		SELECT k.category, k.source, jsonb_agg(CASE WHEN coalesce(x.n, 0) <> 0 OR st.state IN ('complete', 'nothing') AND coalesce(x.hid, 0) = 0
			THEN coalesce(x.n, 0) END ORDER BY mm.m) AS points
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
				'state', o.state, 'states', o.states, 'known_last_year', kl.known, 'connected_last_year', kl.connected) ORDER BY o.state = 'not_connected', s.n), '[]')
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

-- ---- what the api serves: (sources that the reader may see, arguments) ----

-- A list in an argument, parted by commas; null when it is not there.
CREATE FUNCTION lagesbild_store.listed(argument text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN argument IS NOT NULL THEN string_to_array(argument, ',') END
$$;

CREATE FUNCTION lagesbild_store.numbered(argument text, name text) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	IF argument !~ '^[0-9]{1,9}$' THEN
		PERFORM lagesbild_store.problem(400, 'Frågan är fel', name || ': a number is expected');
	END IF;
	RETURN argument::integer;
END $$;

CREATE FUNCTION lagesbild.api_summary(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT lagesbild.summary(arguments->>'period', arguments->>'area', lagesbild_store.numbered(arguments->>'edition', 'edition'), allowed)
$$;

-- Every place of the grid that was asked for, known or not: by (month, tertial, year), from and to (YYYY-MM; the periods that they lie in),
-- area (codes; else the pack's municipality), below=1 (also what lies directly in each), category (codes of any level; else the first level),
-- source. A source and category stand together where the mapping, or a count, has ever put them together. n: null unless there is a figure;
-- status: null, '..', '<5', '≥', 'p' (lagesbild_store.figure).
CREATE FUNCTION lagesbild.api_cells(allowed text[], arguments jsonb)
RETURNS TABLE (period text, area text, category text, source text, n bigint, status text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET work_mem = '64MB' SET jit = off AS $$
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
	IF EXISTS (SELECT FROM unnest(areas) u WHERE NOT EXISTS (SELECT FROM lagesbild_store.area a WHERE a.build = b.id AND a.code = u)) THEN
		PERFORM lagesbild_store.problem(404, 'Området finns inte', 'area');
	END IF;
	wanted := coalesce(wanted, ARRAY(SELECT g.code FROM lagesbild_store.category g WHERE g.build = b.id AND g.parent IS NULL));
	IF EXISTS (SELECT FROM unnest(wanted) u WHERE NOT EXISTS (SELECT FROM lagesbild_store.category g WHERE g.build = b.id AND g.code = u)) THEN
		PERFORM lagesbild_store.problem(404, 'Kategorin finns inte', 'category');
	END IF;
	IF arguments->>'below' = '1' THEN
		areas := ARRAY(SELECT DISTINCT u FROM unnest(areas || ARRAY(SELECT a.code FROM lagesbild_store.area a
			WHERE a.build = b.id AND a.parent = ANY (areas) AND a.kind <> 'place')) AS u);
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
	states AS MATERIALIZED (
		SELECT k.municipality, t.source, t.m / step AS p, bool_and(t.state IN ('complete', 'nothing')) AS known,
			bool_and(t.state IN ('complete', 'nothing', 'filling')) AND bool_or(t.state = 'filling') AS filling
		FROM (SELECT DISTINCT municipality FROM places) k CROSS JOIN LATERAL lagesbild_store.states_from(NULL, k.municipality, lo, hi) t GROUP BY 1, 2, 3)
	SELECT lagesbild_store.period_name(lagesbild_store.month_date(t.p * step), step), l.area, c.category, c.source,
		(v.figure->>'n')::bigint, v.figure->>'s'
	FROM places l CROSS JOIN pairs c JOIN states t ON t.municipality = l.municipality AND t.source = c.source
	LEFT JOIN rolled r ON r.area = l.area AND r.p = t.p AND r.category = c.category AND r.source = c.source
	CROSS JOIN LATERAL (SELECT lagesbild_store.figure(coalesce(r.n, 0), coalesce(r.hid, 0), t.known, t.filling) AS figure) v
	ORDER BY t.p, l.area, c.category, c.source;
END $$;

-- The same as a JSON-stat 2.0 data set (https://json-stat.org/full/): what is not a figure is null, and status says why.
CREATE FUNCTION lagesbild.api_cells_stat(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog SET jit = off AS $$
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
$$;

CREATE FUNCTION lagesbild.api_categories(allowed text[], arguments jsonb)
RETURNS TABLE (code text, parent text, sv text, en text, flag text, est boolean) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT code, parent, sv, en, flag, est FROM lagesbild.category ORDER BY code
$$;

CREATE FUNCTION lagesbild.api_sources(allowed text[], arguments jsonb) RETURNS TABLE (source text, sv text, en text, short text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT s.name, s.sv, s.en, s.short FROM lagesbild_store.source s WHERE s.name = ANY (allowed) ORDER BY s.id
$$;

-- How each source does, and what was refused in the last 28 days, by reason.
CREATE FUNCTION lagesbild.api_quality(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog SET jit = off AS $$
	SELECT jsonb_build_object('sources', (SELECT coalesce(jsonb_agg(to_jsonb(h)), '[]') FROM (
		SELECT h.source, s.sv, s.en, s.short, h.last_event_at, h.received_7d, h.usual_7d, extract(epoch FROM h.lag_p50)::bigint AS lag_p50_s,
			extract(epoch FROM h.lag_p90)::bigint AS lag_p90_s, h.unmapped_7d, h.without_area_7d, h.silent
		FROM lagesbild.source_health h JOIN lagesbild_store.source s ON s.name = h.source WHERE h.source = ANY (allowed) ORDER BY s.id) h),
		'refused', (SELECT coalesce(jsonb_agg(jsonb_build_object('source', d.source, 'reason', d.reason, 'n', d.n)), '[]') FROM (
		SELECT substring(r.topic FROM 'feed\.([a-z]+)$') AS source, r.reason, count(*) AS n FROM lagesbild_store.reject r
		WHERE r.state = 'open' GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 200) d WHERE d.source = ANY (allowed)))
$$;

CREATE FUNCTION lagesbild.api_balance(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('rows', (SELECT coalesce(jsonb_agg(to_jsonb(b) ORDER BY b.topic, b.partition, b.epoch), '[]') FROM lagesbild.balance b))
$$;

CREATE FUNCTION lagesbild.api_editions(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('rows', (SELECT coalesce(jsonb_agg(to_jsonb(e) - ARRAY['positions', 'build', 'key_id'] || jsonb_build_object('events',
		(SELECT jsonb_agg(jsonb_build_object('at', v.at, 'by', v.by, 'event', v.event, 'comment', v.comment) ORDER BY v.n)
		FROM lagesbild_store.edition_event v WHERE v.edition = e.id)) ORDER BY e.id DESC), '[]') FROM lagesbild.edition e))
$$;

CREATE FUNCTION lagesbild.api_revisions(allowed text[], arguments jsonb)
RETURNS TABLE (month text, area text, category text, source text, cause text, delta bigint, frozen bigint, now bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT to_char(c.month, 'YYYY-MM'), c.area, c.category, c.source, c.cause, c.delta, c.frozen, c.now
	FROM lagesbild_store.edition_changes(lagesbild_store.numbered(arguments->>'id', 'id')) c
	WHERE c.source = ANY (allowed) ORDER BY c.month DESC, abs(c.delta) DESC, 2, 3, 4, 5 LIMIT 20000
$$;

-- What can be pointed at on a map: the area, its municipality's areas and, of a county, its municipalities.
CREATE FUNCTION lagesbild.api_areas(allowed text[], arguments jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('rows', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', a.code, 'parent', a.parent, 'kind', a.kind, 'name', a.name,
		'municipality', a.municipality, 'institution', a.institution) ORDER BY a.code), '[]')
	FROM lagesbild.area a WHERE a.kind <> 'place'))
$$;

REVOKE EXECUTE ON FUNCTION lagesbild.summary(text, text, integer, text[]), lagesbild.api_summary(text[], jsonb), lagesbild.api_cells(text[], jsonb),
	lagesbild.api_cells_stat(text[], jsonb), lagesbild.api_quality(text[], jsonb), lagesbild.api_balance(text[], jsonb),
	lagesbild.api_editions(text[], jsonb), lagesbild.api_revisions(text[], jsonb), lagesbild.api_areas(text[], jsonb),
	lagesbild.api_categories(text[], jsonb), lagesbild.api_sources(text[], jsonb), lagesbild.figures_version() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lagesbild.summary(text, text, integer, text[]), lagesbild.api_summary(text[], jsonb), lagesbild.api_cells(text[], jsonb),
	lagesbild.api_cells_stat(text[], jsonb), lagesbild.api_quality(text[], jsonb), lagesbild.api_balance(text[], jsonb),
	lagesbild.api_editions(text[], jsonb), lagesbild.api_revisions(text[], jsonb), lagesbild.api_areas(text[], jsonb),
	lagesbild.api_categories(text[], jsonb), lagesbild.api_sources(text[], jsonb), lagesbild.figures_version() TO lagesbild_council, lagesbild_operator;
