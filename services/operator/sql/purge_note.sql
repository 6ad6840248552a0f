INSERT INTO lagesbild_store.purge_record VALUES ($1::bigint, $2::text, $3::int, $4::bigint)
