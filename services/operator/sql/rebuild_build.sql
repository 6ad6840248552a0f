INSERT INTO lagesbild_store.build (id, name, zone, municipality, mapping, until, fed)
SELECT id, name, zone, municipality, mapping, until, fed FROM made_build;
INSERT INTO lagesbild_store.category SELECT * FROM made_category;
INSERT INTO lagesbild_store.area SELECT * FROM made_area;
INSERT INTO lagesbild_store.mapping SELECT * FROM made_mapping;
SELECT lagesbild_store.build_close_trees(id) FROM made_build;
