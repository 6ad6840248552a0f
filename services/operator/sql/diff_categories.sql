INSERT INTO diff_category (code, name)
SELECT code, sv FROM lagesbild_store.category WHERE build = $1::smallint ORDER BY code ON CONFLICT DO NOTHING
