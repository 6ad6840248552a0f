-- $1 the session, $2 its account, $3 the secret, $4 the step of a right code (null: it was wrong).
SELECT lagesbild_desk.second_end($1::text, $2::bigint, $3::text, nullif($4::bigint, 0))
