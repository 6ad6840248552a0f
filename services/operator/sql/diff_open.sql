-- The incidents that count in a cell that differs, on either side, unless they count there alike: one hash join of what the two ledgers ($1, $2)
-- have in those cells. The rest of either ledger is passed over once.
INSERT INTO diff_open
SELECT id, a.key, a.n, a.state, a.hash, a.received_at, b.key, b.n, b.state, b.hash, b.received_at
FROM (SELECT l.id, w.key, l.n, l.state, l.hash, l.received_at FROM lagesbild_store.ledger l
	JOIN diff_wanted w ON w.side = 'a' AND w.cell = l.slot >> 8 WHERE l.build = $1::smallint AND l.state IN ('c', 's')) a
FULL JOIN (SELECT l.id, w.key, l.n, l.state, l.hash, l.received_at FROM lagesbild_store.ledger l
	JOIN diff_wanted w ON w.side = 'b' AND w.cell = l.slot >> 8 WHERE l.build = $2::smallint AND l.state IN ('c', 's')) b USING (id)
WHERE (a.key, a.n, a.state) IS DISTINCT FROM (b.key, b.n, b.state)
