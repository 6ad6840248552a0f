-- Did a measure do anything? The same months a year before and after in its place, beside a place where nothing was done; and small repairs of
-- the figures.

-- The weighted displacement difference without a displacement area (Wheeler & Ratcliffe 2018, Crime Science 7:11, 10.1186/s40163-018-0085-5): how
-- much more, or less, the place changed than the one beside it. se: of two sums of Poisson counts. verdict: less or more when the effect is
-- beyond 1.96 of them, else unclear; none where a count is missing, and then there is no effect either.
CREATE FUNCTION lagesbild_store.wdd(before bigint, after bigint, control_before bigint, control_after bigint,
	OUT effect bigint, OUT se double precision, OUT verdict text) LANGUAGE sql IMMUTABLE AS $$
	SELECT v.effect, v.se, CASE WHEN v.effect IS NULL THEN 'none' WHEN abs(v.effect) <= 1.96 * v.se THEN 'unclear' WHEN v.effect < 0 THEN 'less' ELSE 'more' END
	FROM (SELECT (after - before) - (control_after - control_before) AS effect, sqrt((before + after + control_before + control_after)::double precision) AS se) AS v
$$;

-- An area of the present build that figures can be of: not a place.
CREATE FUNCTION lagesbild_store.area_here(code text, argument text) RETURNS lagesbild_store.area LANGUAGE plpgsql STABLE AS $$
DECLARE
	a lagesbild_store.area;
BEGIN
	SELECT k.* INTO a FROM lagesbild_store.area k JOIN lagesbild_store.build_current c ON c.build = k.build WHERE k.code = area_here.code AND k.kind <> 'place';
	IF a.code IS NULL THEN
		PERFORM lagesbild_store.problem(404, 'Området finns inte', argument);
	END IF;
	RETURN a;
END $$;

-- Does an area lie in another?
CREATE FUNCTION lagesbild_store.lies_in(code text, within text) RETURNS boolean LANGUAGE sql STABLE AS $$
	WITH RECURSIVE up AS (
		SELECT a.code, a.parent, 0 AS depth FROM lagesbild_store.named_areas(NULL) a WHERE a.code = $1
		UNION ALL SELECT a.code, a.parent, up.depth + 1 FROM up JOIN lagesbild_store.named_areas(NULL) a ON a.code = up.parent WHERE up.depth < 8)
	SELECT EXISTS (SELECT FROM up WHERE up.code = within)
$$;

-- area, control (codes), category (any level), from and to (YYYY-MM, at most 12 months). One row a source that may be seen and has to do with the
-- category; figures as lagesbild_store.figure makes them, and an effect only of four whole ones.
CREATE FUNCTION lagesbild.api_effect(allowed text[], arguments jsonb) RETURNS jsonb
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
		FROM p CROSS JOIN LATERAL lagesbild_store.states_from(NULL, p.municipality, p.lo, p.hi) t GROUP BY 1, 2, 3),
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

-- As in 020_figures.sql, but an edition that is none is said to be none.
CREATE OR REPLACE FUNCTION lagesbild.api_revisions(allowed text[], arguments jsonb)
RETURNS TABLE (month text, area text, category text, source text, cause text, delta bigint, frozen bigint, now bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	which integer := lagesbild_store.numbered(arguments->>'id', 'id');
BEGIN
	IF NOT EXISTS (SELECT FROM lagesbild_store.edition e WHERE e.id = which) THEN
		PERFORM lagesbild_store.problem(404, 'Utgåvan finns inte', 'there is no such edition');
	END IF;
	RETURN QUERY SELECT to_char(c.month, 'YYYY-MM'), c.area, c.category, c.source, c.cause, c.delta, c.frozen, c.now
	FROM lagesbild_store.edition_changes(which) c
	WHERE c.source = ANY (allowed) ORDER BY c.month DESC, abs(c.delta) DESC, 2, 3, 4, 5 LIMIT 20000;
END $$;

REVOKE EXECUTE ON FUNCTION lagesbild.api_effect(text[], jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lagesbild.api_effect(text[], jsonb) TO lagesbild_council, lagesbild_operator;
