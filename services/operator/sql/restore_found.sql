-- What stands in the database already: our tables; a restore that has begun and not ended.
SELECT to_regclass('lagesbild_store.ledger') IS NOT NULL, to_regclass('lagesbild_restore.state') IS NOT NULL
