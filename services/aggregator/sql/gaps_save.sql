INSERT INTO lagesbild_store.gap (build, topic, partition, epoch, first_sequence, last_sequence, after_offset, before_offset)
SELECT $1::smallint, u.* FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[]) AS u
