-- What no ledger explains: nothing, unless a side has none (an edition, against another build than the current one) or its cells are not what its ledger gives (verify says which).
INSERT INTO diff_cause
SELECT key, 'unexplained', 0, 0, greatest(n, 0), least(n, 0), hid
FROM (SELECT f.key, f.n_b - f.n_a - coalesce(s.n, 0) AS n, f.hid_b - f.hid_a - coalesce(s.hid, 0) AS hid
	FROM diff_found f LEFT JOIN (SELECT key, sum(more + less)::bigint AS n, sum(hid)::bigint AS hid FROM diff_cause GROUP BY key) s USING (key)) r
WHERE n <> 0 OR hid <> 0
