-- What source $1 in month $2 (YYYY-MM) counts as for the pack's municipality.
SELECT d.state FROM lagesbild.delivery d, lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id
WHERE d.source = $1::text AND d.municipality = b.municipality AND d.month = to_date($2::text, 'YYYY-MM')
