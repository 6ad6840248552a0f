-- Held as long as this session lives, so that drop knows who still writes; false: the build is being dropped.
SELECT pg_try_advisory_lock_shared(1883, $1::smallint::int)
