SELECT 'warning', format('%s messages of %s were refused (%s) and nobody has decided about them', count(*), topic, reason), 'lagesbild deadletters list'
FROM lagesbild_store.reject WHERE state = 'open' GROUP BY topic, reason ORDER BY topic, reason
