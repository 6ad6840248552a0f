-- Rows of delivery.csv that say nothing usable: they would be passed over in silence, or stop at a constraint that names no row.
SELECT format(CASE WHEN s.name IS NULL THEN 'delivery.csv: there is no source %s in sources.csv'
	ELSE 'delivery.csv: the row of %s needs kind (events or counts), from (YYYY-MM) and complete_after_days (0 or more)' END, f.source)
FROM staged_delivery f LEFT JOIN lagesbild_store.source s ON s.name = f.source
WHERE s.name IS NULL OR f.kind IS NULL OR f.kind NOT IN ('events', 'counts') OR f."from" IS NULL
	OR f."from" !~ '^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$' OR f.complete_after_days IS NULL OR f.complete_after_days < 0
UNION ALL
SELECT format('delivery.csv: source %s stands twice', source) FROM staged_delivery GROUP BY source HAVING count(*) > 1
