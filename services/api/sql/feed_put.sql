-- $1 the account, $2 the hash of its new key.
SELECT lagesbild_desk.feed_put($1::bigint, $2::text)
