-- Is there more than "setup" has made?
SELECT EXISTS (SELECT FROM lagesbild_store.ledger) OR EXISTS (SELECT FROM lagesbild_store.chain)
	OR EXISTS (SELECT FROM lagesbild_store.position WHERE next > 0) OR (SELECT count(*) > 1 FROM lagesbild_store.build)
	OR coalesce(pg_sequence_last_value(to_regclass('lagesbild_desk.account_id_seq')) > 1, false)
