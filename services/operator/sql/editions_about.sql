-- How edition $1 came to be: its notes, counts of what is frozen, build, versions, positions.
SELECT array_to_string(e.notes, ', '), (SELECT count(*) FROM lagesbild.edition_cell c WHERE c.edition = e.id),
	(SELECT count(*) FROM lagesbild.edition_hour c WHERE c.edition = e.id), (SELECT count(*) FROM lagesbild.edition_place c WHERE c.edition = e.id),
	e.build, e.code_version, e.tz_version, e.key_id, e.positions::text, to_char(e.created_at, 'YYYY-MM-DD HH24:MI'), e.created_by
FROM lagesbild.edition e WHERE e.id = $1::int
