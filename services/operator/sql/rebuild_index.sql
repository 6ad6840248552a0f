-- As the parents have them (001_tables.sql), so that attaching builds none.
SELECT pg_temp.in_build(format('ALTER TABLE lagesbild_store.%s_new RENAME TO %s_{}', parent, parent))
FROM unnest(ARRAY['ledger', 'cell', 'slot', 'place', 'change_log']) AS parent;
SELECT pg_temp.in_build('ALTER TABLE lagesbild_store.ledger_{} ADD PRIMARY KEY (id, build)');
SELECT pg_temp.in_build('CREATE INDEX ON lagesbild_store.ledger_{} (build, (slot >> 40), ((slot >> 8) & 63), state) WHERE state IN (''a'', ''i'', ''u'')');
SELECT pg_temp.in_build('ALTER TABLE lagesbild_store.cell_{} ADD PRIMARY KEY (cell, build)');
SELECT pg_temp.in_build('CREATE INDEX ON lagesbild_store.cell_{} ((cell >> 32), (cell & 63))');
SELECT pg_temp.in_build('CREATE INDEX ON lagesbild_store.cell_{} (((cell >> 16) & 65535), (cell & 63))');
SELECT pg_temp.in_build('ALTER TABLE lagesbild_store.slot_{} ADD PRIMARY KEY (slot, build)');
SELECT pg_temp.in_build('ALTER TABLE lagesbild_store.place_{} ADD PRIMARY KEY (cell, place, build)');
SELECT pg_temp.in_build('CREATE INDEX ON lagesbild_store.change_log_{} (build, incidents_partition, incidents_offset)');
SELECT pg_temp.in_build('CREATE INDEX ON lagesbild_store.change_log_{} (build, cell)');
