-- $1 who, $2 the body, $3 the version of the time-zone data, $4 of the code.
SELECT status, answer::text FROM lagesbild_desk.edition_new($1::bigint, lagesbild_desk.body($2::text), $3::text, $4::text)
