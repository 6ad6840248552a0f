-- $1 the name given, $2 its account (0: none), $3 was the password right, $4 the hash of the session, $5 its word, $6 from where.
SELECT lagesbild_desk.sign_in_end($1::text, $2::bigint, $3::smallint = 1, $4::text, $5::text, $6::text)::text
