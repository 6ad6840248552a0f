-- What stands outside the builds. Topics have their prefix there: the end of the name is what is compared.
WITH gone AS MATERIALIZED (
	SELECT r.topic, r.partition, r."offset" FROM lagesbild_store.reject r JOIN lagesbild_store.purge_record p
		ON p.purge = $1::bigint AND right(r.topic, length(p.topic)) = p.topic AND p.partition = r.partition AND p."offset" = r."offset"),
words AS (DELETE FROM lagesbild_store.dead_letter_word w USING gone g WHERE (w.topic, w.partition, w."offset") = (g.topic, g.partition, g."offset")),
retries AS (DELETE FROM lagesbild_store.dead_letter_retry w USING gone g WHERE (w.topic, w.partition, w."offset") = (g.topic, g.partition, g."offset"))
UPDATE lagesbild_store.reject r SET reason = 'purged', detail = '', state = 'dropped' FROM gone g
WHERE (r.topic, r.partition, r."offset") = (g.topic, g.partition, g."offset")
