-- A person's word on source $1 in month $2 (YYYY-MM): state $3, said by $4 ('': whoever is signed in to the database).
INSERT INTO lagesbild_store.delivery_set AS d (source, municipality, month, state, by)
SELECT s.id, b.municipality, to_date($2::text, 'YYYY-MM'), $3::text, coalesce(nullif($4::text, ''), session_user)
FROM lagesbild_store.source s, lagesbild_store.build b JOIN lagesbild_store.build_current c ON c.build = b.id WHERE s.name = $1::text
ON CONFLICT (source, municipality, month) DO UPDATE SET state = excluded.state, at = now(), by = excluded.by
