-- Where retry $1 lies; below 0: it was never sent.
UPDATE lagesbild_store.dead_letter_retry SET retry_offset = nullif(greatest($2::bigint, -1), -1), outcome = CASE WHEN $2 < 0 THEN 'unsent' END
WHERE n = $1::bigint
