-- Group $1 sees ($3: t) source $2, or does not; null: there is no such group or source.
SELECT lagesbild_desk.group_sight($1::text, $2::text, $3::text = 't')
