SELECT * FROM lagesbild_desk.measures_table($1::bigint, jsonb_object($2::text[], $3::text[]), lagesbild_desk.body($4::text))
