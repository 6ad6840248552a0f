SELECT state, refusal FROM lagesbild_store.edition_move($1::int, $2::text, $3::text, $4::text, $5::int <> 0)
