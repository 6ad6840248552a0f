SELECT (extract(epoch FROM created_at) * 1000)::bigint FROM lagesbild_store.edition WHERE id = $1::integer
