-- Whoever freezes takes turns, before the snapshot is taken.
SELECT pg_advisory_lock(1883)
