-- The builds that are to be fed; the one that is shown comes first.
SELECT b.name, c.build IS NOT NULL FROM lagesbild_store.build b LEFT JOIN lagesbild_store.build_current c ON c.build = b.id
WHERE b.fed ORDER BY c.build IS NULL, b.id
