SELECT coalesce(sum(received), 0)::bigint, (SELECT count(*) FROM lagesbild.dead_letter WHERE state = 'open'),
	(SELECT count(*) FROM lagesbild_store.ledger JOIN lagesbild_store.build_current USING (build)),
	(SELECT count(*) FROM lagesbild.month_cell)
FROM lagesbild.balance
