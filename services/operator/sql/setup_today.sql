-- What counts as today: $1; 'clock' does not take back an earlier 'data'. Affected: 1 when it was set.
INSERT INTO lagesbild_store.setting AS s (name, value) VALUES ('today', $1::text)
ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value = 'data' AND s.value <> 'data'
