-- What no ledger explains: nothing, unless a side has none (an edition) or its cells are not what its ledger gives (verify says which).
INSERT INTO diff_share
SELECT f.key, 'unexplained', NULL, f.n_b - f.n_a - coalesce(s.n, 0), f.hid_b - f.hid_a - coalesce(s.hid, 0)
FROM diff_found f LEFT JOIN (SELECT key, sum(n)::bigint AS n, sum(hid)::bigint AS hid FROM diff_share GROUP BY key) s USING (key)
WHERE f.n_b - f.n_a <> coalesce(s.n, 0) OR f.hid_b - f.hid_a <> coalesce(s.hid, 0)
