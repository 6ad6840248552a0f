-- Roles are the cluster's, so they may be there already. They get rights here, a password from whoever installs.
DO $$
DECLARE
	role text;
BEGIN
	FOREACH role IN ARRAY ARRAY['lagesbild_writer', 'lagesbild_council', 'lagesbild_public', 'lagesbild_operator'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
			EXECUTE format('CREATE ROLE %I LOGIN', role);
		END IF;
	END LOOP;
END $$;

GRANT USAGE ON SCHEMA lagesbild TO lagesbild_writer, lagesbild_council, lagesbild_public, lagesbild_operator;

-- The aggregator writes figures, and nothing of the rules.
GRANT USAGE ON SCHEMA lagesbild_store TO lagesbild_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA lagesbild_store TO lagesbild_writer;
GRANT INSERT, UPDATE, DELETE ON lagesbild_store.position, lagesbild_store.chain, lagesbild_store.gap, lagesbild_store.ledger,
	lagesbild_store.cell, lagesbild_store.slot, lagesbild_store.place, lagesbild_store.change_log,
	lagesbild_store.reject TO lagesbild_writer;

-- The council reads exact views; the public nothing yet: protected views come with approved editions.
GRANT SELECT ON lagesbild.month_cell, lagesbild.month_rollup, lagesbild.hour_cell, lagesbild.place_cell, lagesbild.tertial_cell,
	lagesbild.year_cell, lagesbild.rolling12_cell, lagesbild.delivery, lagesbild.month_summary, lagesbild.category, lagesbild.area, lagesbild.source
	TO lagesbild_council, lagesbild_operator;

GRANT USAGE ON SCHEMA lagesbild_store TO lagesbild_operator, lagesbild_council;
GRANT SELECT ON ALL TABLES IN SCHEMA lagesbild TO lagesbild_operator;
GRANT SELECT ON ALL TABLES IN SCHEMA lagesbild_store TO lagesbild_operator;
GRANT INSERT, UPDATE, DELETE ON lagesbild_store.delivery_set TO lagesbild_operator;
