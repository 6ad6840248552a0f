SELECT lagesbild_store.edition_freeze($1::text::date, $2::int, $3::text, $4::text, $5::text, $6::text, $7::text[])
