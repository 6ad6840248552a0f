-- The pack's municipality, the newest three months.
SELECT source, to_char(month, 'YYYY-MM'), state FROM lagesbild.delivery
WHERE municipality = (SELECT b.municipality FROM lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id)
AND month > lagesbild_store.today() - interval '4 months' ORDER BY 1, 2
