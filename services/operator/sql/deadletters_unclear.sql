-- Retries of which it is not known whether they were sent: the command was killed.
SELECT n, topic, partition, feed_end FROM lagesbild_store.dead_letter_retry WHERE retry_offset IS NULL AND outcome IS NULL
ORDER BY topic, partition, feed_end
