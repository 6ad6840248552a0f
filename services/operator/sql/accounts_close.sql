-- Closed at once: its sessions end with it.
WITH closed AS (UPDATE lagesbild_desk.account SET closed_at = now() WHERE name = lower($1::text) AND closed_at IS NULL RETURNING id),
ended AS (DELETE FROM lagesbild_desk.session s USING closed c WHERE s.account = c.id)
SELECT id, lagesbild_desk.note(NULL, 'account closed', lower($1::text), NULL)::text FROM closed
