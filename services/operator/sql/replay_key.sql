SELECT value FROM lagesbild_store.setting WHERE name = 'key_id'
