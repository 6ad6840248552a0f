-- Alone among drops (1884), and nobody writes build $1 (1883, which its aggregators share). Held as long as this session lives.
SELECT pg_try_advisory_lock(1884) AND pg_try_advisory_lock(1883, $1::smallint::int)
