-- Ends account $1's keys of programs and its calendar's address.
WITH of AS (SELECT id FROM lagesbild_desk.account WHERE name = lower($1::text) AND closed_at IS NULL),
keys AS (DELETE FROM lagesbild_desk.token t USING of o WHERE t.account = o.id),
feeds AS (DELETE FROM lagesbild_desk.feed f USING of o WHERE f.account = o.id)
SELECT id, lagesbild_desk.note(NULL, 'keys revoked', lower($1::text), NULL)::text FROM of
