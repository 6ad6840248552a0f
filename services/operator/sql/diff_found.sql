INSERT INTO diff_found
SELECT key, coalesce(a.n, 0), coalesce(b.n, 0), coalesce(a.hid, 0), coalesce(b.hid, 0)
FROM (SELECT * FROM diff_cell WHERE side = 'a') a FULL JOIN (SELECT * FROM diff_cell WHERE side = 'b') b USING (key)
WHERE coalesce(a.n, 0) <> coalesce(b.n, 0) OR coalesce(a.hid, 0) <> coalesce(b.hid, 0)
