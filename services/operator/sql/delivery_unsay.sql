DELETE FROM lagesbild_store.delivery_set d USING lagesbild_store.source s, lagesbild_store.build b, lagesbild_store.build_current c
WHERE s.name = $1::text AND d.source = s.id AND c.build = b.id AND d.municipality = b.municipality AND d.month = to_date($2::text, 'YYYY-MM')
