-- Whoever may call a function that runs as its owner gets no more by it, whichever file made it: the caller's own types and tables (pg_temp, which
-- stands first in a path that does not name it) are looked into last, and of the desk only what was granted can be called: the default privileges of
-- a schema cannot take from PUBLIC what it has everywhere.
DO $$
DECLARE
	change text;
BEGIN
	FOR change IN
		SELECT format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', p.oid::regprocedure)
		FROM pg_proc p WHERE p.pronamespace IN ('lagesbild'::regnamespace, 'lagesbild_store'::regnamespace, 'lagesbild_desk'::regnamespace)
			AND p.prosecdef AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)
		UNION ALL SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', p.oid::regprocedure)
		FROM pg_proc p WHERE p.pronamespace = 'lagesbild_desk'::regnamespace
			AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)
	LOOP
		EXECUTE change;
	END LOOP;
END $$
