-- $1 the account, $2 its secret as it stands there, $3 the same sealed.
SELECT lagesbild_desk.second_seal($1::bigint, $2::text, $3::text)
