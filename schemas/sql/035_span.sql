-- More than twelve months are compared with as many whole years before as they reach over, so that no month is on both sides: the law's picture of
-- two years had been compared with one that shared half of its months, for which the test is not made. A span whose months are not all at hand
-- (36 before the period) is not known. An edition that was frozen before this file keeps what it was compared with. lagesbild.summary (020_figures.sql)
-- is otherwise as it was.
DO $$
DECLARE
	which constant regprocedure := 'lagesbild.summary(text,text,integer,text[])';
	change text[];
	text_now text := pg_get_functiondef(which);
BEGIN
	FOREACH change SLICE 1 IN ARRAY ARRAY[
		['m1 bigint; -- the first month after', 'm1 bigint; -- the first month after' || chr(10) || '	back bigint; -- so many months before is what it is compared with'],
		['m1 := m0 + span.months;', 'm1 := m0 + span.months;' || chr(10) || '	back := CASE WHEN EXISTS (SELECT FROM lagesbild_store.edition e JOIN lagesbild_store.schema_file f ON f.name = ''035_span.sql'''
			' AND e.created_at < f.applied_at WHERE e.id = which) THEN 12 ELSE greatest(12, (span.months + 11) / 12 * 12) END;'],
		['(''last'', m0 - 12, m1 - 12)', '(''last'', m0 - back, m1 - back)'],
		['bool_and(st.state IN (''complete'', ''nothing'')) AS known', 'bool_and(st.state IN (''complete'', ''nothing'')) AND count(*) = max(p.hi - p.lo) AS known'],
		['NOT kl.connected AS young', 'NOT kl.connected AND kc.connected AS young'],
		['month_date(m1 - 12) - lagesbild_store.month_date(m0 - 12) AS then', 'month_date(m1 - back) - lagesbild_store.month_date(m0 - back) AS then']]
	LOOP
		IF position(change[1] IN text_now) = 0 THEN
			RAISE EXCEPTION 'lagesbild.summary has no "%"', change[1];
		END IF;
		text_now := replace(text_now, change[1], change[2]);
	END LOOP;
	EXECUTE text_now;
END $$;
