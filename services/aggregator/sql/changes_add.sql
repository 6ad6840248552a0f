INSERT INTO lagesbild_store.change_log (build, cell, delta, cause, incidents_partition, incidents_offset)
SELECT $1::smallint, u.* FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::int[], $6::bigint[]) AS u
