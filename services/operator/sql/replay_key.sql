-- The ids of the installation key and of the operator key; '' where setup has not been told of one.
SELECT coalesce((SELECT value FROM lagesbild_store.setting WHERE name = 'key_id'), ''),
	coalesce((SELECT value FROM lagesbild_store.setting WHERE name = 'operator_key_id'), '')
