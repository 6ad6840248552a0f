-- Closed at once: its sessions end with it, and no key of it comes back when it is opened again.
WITH closed AS (UPDATE lagesbild_desk.account SET closed_at = now() WHERE name = lower($1::text) AND closed_at IS NULL RETURNING id),
ended AS (DELETE FROM lagesbild_desk.session s USING closed c WHERE s.account = c.id),
keys AS (DELETE FROM lagesbild_desk.token t USING closed c WHERE t.account = c.id),
feeds AS (DELETE FROM lagesbild_desk.feed f USING closed c WHERE f.account = c.id)
SELECT id, lagesbild_desk.note(NULL, 'account closed', lower($1::text), NULL)::text FROM closed
