SELECT directory, to_char(begun_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI UTC') FROM lagesbild_restore.state
