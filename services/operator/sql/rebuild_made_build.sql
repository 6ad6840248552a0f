-- $1 name, $2 zone, $3 municipality, $4 until (ms since 1970, null: all of the log), $5 the build whose ids are kept where codes are equal, so that
-- cells of the two can be compared (null: the current one).
INSERT INTO made_build
SELECT (SELECT coalesce(max(id), 0) + 1 FROM lagesbild_store.build), $1::text, $2::text, $3::text, (SELECT hash FROM staged_version),
	'epoch'::timestamptz + $4::bigint * interval '1 millisecond', $4::bigint IS NULL,
	coalesce($5::smallint, (SELECT build FROM lagesbild_store.build_current))
