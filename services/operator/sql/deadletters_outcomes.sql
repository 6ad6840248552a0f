SELECT count(*) FILTER (WHERE outcome = 'resolved'), count(*) FILTER (WHERE outcome = 'refused'), count(*) FILTER (WHERE outcome IS NULL)
FROM lagesbild_store.dead_letter_retry WHERE n = ANY ($1::bigint[])
