-- Staged mapping rows that can be in no build. Each row says which.
SELECT CASE WHEN s.id IS NULL THEN format('there is no source %s in this database; has lagesbild setup been run since it was added?', f.source)
	ELSE format('type "%s" of %s: there is no category %s', f.source_type, f.source, f.category) END
FROM staged_mapping f LEFT JOIN lagesbild_store.source s ON s.name = f.source LEFT JOIN staged_category c ON c.code = f.category
WHERE s.id IS NULL OR c.code IS NULL ORDER BY f.n
