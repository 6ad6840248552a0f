-- Tables on their own, filled before they have an index, attached at the end. Cells are updated in place for ever: room for HOT updates, as
-- build_attach leaves it.
SELECT pg_temp.in_build('CREATE TABLE lagesbild_store.ledger_new
	(LIKE lagesbild_store.ledger INCLUDING DEFAULTS INCLUDING STORAGE, CONSTRAINT one_build CHECK (build = {}))');
SELECT pg_temp.in_build('CREATE TABLE lagesbild_store.cell_new
	(LIKE lagesbild_store.cell INCLUDING DEFAULTS INCLUDING STORAGE, CONSTRAINT one_build CHECK (build = {})) WITH (fillfactor = 50)');
SELECT pg_temp.in_build('CREATE TABLE lagesbild_store.slot_new
	(LIKE lagesbild_store.slot INCLUDING DEFAULTS INCLUDING STORAGE, CONSTRAINT one_build CHECK (build = {})) WITH (fillfactor = 50)');
SELECT pg_temp.in_build('CREATE TABLE lagesbild_store.place_new
	(LIKE lagesbild_store.place INCLUDING DEFAULTS INCLUDING STORAGE, CONSTRAINT one_build CHECK (build = {})) WITH (fillfactor = 50)');
-- The sums are copied without what is the same in every row.
SELECT pg_temp.in_build(format('ALTER TABLE lagesbild_store.%s_new ALTER build SET DEFAULT {}', parent)) FROM unnest(ARRAY['cell', 'slot', 'place']) AS parent;
ALTER TABLE lagesbild_store.cell_new ALTER changed_at SET DEFAULT now();
SELECT pg_temp.in_build('CREATE TABLE lagesbild_store.change_log_new
	(LIKE lagesbild_store.change_log INCLUDING DEFAULTS INCLUDING STORAGE, CONSTRAINT one_build CHECK (build = {}))');
