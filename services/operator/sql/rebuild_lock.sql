-- One rebuild at a time: it writes into tables of fixed names before they get the build's.
SELECT pg_try_advisory_lock(1882)
