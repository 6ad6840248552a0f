SELECT lagesbild_desk.seen_put($1::bigint[], $2::text[], $3::bigint[])
