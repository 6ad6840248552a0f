-- Cells, hours and places from the parts in which they were summed; in the order of their keys, as their indexes are.
INSERT INTO lagesbild_store.cell_new (cell, n, n_suppressed, key_sum)
SELECT cell, sum(n), sum(n_suppressed), sum(key_sum) FROM more_cell GROUP BY 1 ORDER BY 1;
INSERT INTO lagesbild_store.slot_new (slot, n) SELECT slot, sum(n) FROM more_slot GROUP BY 1 ORDER BY 1;
INSERT INTO lagesbild_store.place_new (cell, place, n) SELECT cell, place, sum(n) FROM more_place GROUP BY 1, 2 ORDER BY 1, 2;
