-- When the newest message of each feed was appended, ms.
SELECT topic, max(last_at) FROM lagesbild_store.chain JOIN lagesbild_store.build_current USING (build) GROUP BY topic ORDER BY topic
