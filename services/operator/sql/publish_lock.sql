-- Whoever freezes takes turns, before the snapshot is taken. Given back when the session ends.
SELECT pg_advisory_lock(1883)
