-- Cells, hours and places from the parts in which they were summed; in the order of their keys, as their indexes are.
INSERT INTO lagesbild_store.cell_new (build, cell, n, n_suppressed, key_sum, changed_at)
SELECT b.id, m.cell, sum(m.n), sum(m.n_suppressed), sum(m.key_sum), now() FROM made_build b, more_cell m GROUP BY 1, 2 ORDER BY 2;
INSERT INTO lagesbild_store.slot_new (build, slot, n)
SELECT b.id, m.slot, sum(m.n) FROM made_build b, more_slot m GROUP BY 1, 2 ORDER BY 2;
INSERT INTO lagesbild_store.place_new (build, cell, place, n)
SELECT b.id, m.cell, m.place, sum(m.n) FROM made_build b, more_place m GROUP BY 1, 2, 3 ORDER BY 2, 3;
