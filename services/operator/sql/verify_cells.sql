-- The current build's ledger summed anew against what the transactions have kept. Each row is one finding.
WITH b AS (SELECT build FROM lagesbild_store.build_current),
rows AS (SELECT l.slot, l.place, l.state, l.n::bigint AS n,
		('x' || right(replace(l.id::text, '-', ''), 8))::bit(32)::bigint AS key
	FROM lagesbild_store.ledger l JOIN b ON l.build = b.build WHERE l.state IN ('c', 's')),
cells AS (SELECT slot >> 8 AS cell, coalesce(sum(n) FILTER (WHERE state = 'c'), 0)::bigint AS n,
		count(*) FILTER (WHERE state = 's') AS n_suppressed, coalesce(sum(key) FILTER (WHERE state = 'c'), 0)::bigint AS key_sum
	FROM rows GROUP BY 1),
slots AS (SELECT slot, sum(n)::bigint AS n FROM rows WHERE state = 'c' AND slot & 255 <> 255 GROUP BY 1),
places AS (SELECT slot >> 8 AS cell, place, sum(n)::bigint AS n FROM rows WHERE state = 'c' AND place <> 0 GROUP BY 1, 2)
SELECT format('cell %s holds n %s, suppressed %s, key %s; the ledger gives %s, %s, %s', cell,
	coalesce(k.n, 0), coalesce(k.n_suppressed, 0), coalesce(k.key_sum, 0), coalesce(w.n, 0), coalesce(w.n_suppressed, 0), coalesce(w.key_sum, 0)) AS finding
FROM cells w FULL JOIN (SELECT c.* FROM lagesbild_store.cell c JOIN b ON c.build = b.build) k USING (cell)
WHERE (coalesce(k.n, 0), coalesce(k.n_suppressed, 0), coalesce(k.key_sum, 0))
	IS DISTINCT FROM (coalesce(w.n, 0), coalesce(w.n_suppressed, 0), coalesce(w.key_sum, 0))
UNION ALL
SELECT format('hour slot %s holds %s; the ledger gives %s', slot, coalesce(k.n, 0), coalesce(w.n, 0))
FROM slots w FULL JOIN (SELECT c.* FROM lagesbild_store.slot c JOIN b ON c.build = b.build) k USING (slot)
WHERE coalesce(k.n, 0) <> coalesce(w.n, 0)
UNION ALL
SELECT format('place %s in cell %s holds %s; the ledger gives %s', place, cell, coalesce(k.n, 0), coalesce(w.n, 0))
FROM places w FULL JOIN (SELECT c.* FROM lagesbild_store.place c JOIN b ON c.build = b.build) k USING (cell, place)
WHERE coalesce(k.n, 0) <> coalesce(w.n, 0)
LIMIT 11
