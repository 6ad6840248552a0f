-- The sources there are, whether $1 is one, and whether month $2 (YYYY-MM) has begun.
SELECT string_agg(name, ', ' ORDER BY id), coalesce(bool_or(name = $1::text), false),
	to_date($2::text, 'YYYY-MM') <= lagesbild_store.today() FROM lagesbild_store.source
