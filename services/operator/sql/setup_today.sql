INSERT INTO lagesbild_store.setting (name, value) VALUES ('today', $1::text)
ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value = 'data'
