SELECT note, sentence FROM lagesbild_store.edition_obstacles($1::text::date, $2::int, $3::text)
