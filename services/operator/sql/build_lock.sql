-- Which build is current, held against every other promote, rollback and drop until the transaction ends. Readers wait for nothing.
SELECT b.id, b.name FROM lagesbild_store.build_current c JOIN lagesbild_store.build b ON b.id = c.build FOR UPDATE OF c
