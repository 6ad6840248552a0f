-- $1 who, $2 the body, $3 the version of the time-zone data, $4 of the code.
SELECT status, answer::text FROM lagesbild_desk.edition_new($1::bigint, $2::text::jsonb, $3::text, $4::text)
