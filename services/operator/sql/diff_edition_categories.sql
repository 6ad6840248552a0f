INSERT INTO diff_category (code, name)
SELECT code, sv FROM lagesbild_store.edition_category WHERE edition = $1::int ORDER BY code ON CONFLICT DO NOTHING
