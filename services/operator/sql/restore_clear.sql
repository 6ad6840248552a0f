-- Schemas as setup has left them, or as a killed restore has: the dump makes them. Roles are the cluster's, and a dump has none.
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS lagesbild, lagesbild_store, lagesbild_desk CASCADE;
DO $$
DECLARE
	role text;
BEGIN
	FOREACH role IN ARRAY ARRAY['lagesbild_writer', 'lagesbild_council', 'lagesbild_public', 'lagesbild_operator', 'lagesbild_desk',
			'lagesbild_printer'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
			EXECUTE format('CREATE ROLE %I LOGIN', role);
		END IF;
	END LOOP;
END $$;
