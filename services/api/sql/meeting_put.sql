SELECT status, answer::text FROM lagesbild_desk.meeting_put($1::bigint, jsonb_object($2::text[], $3::text[]), lagesbild_desk.body($4::text))
