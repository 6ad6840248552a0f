-- Cells with equal figures made of other incidents.
SELECT count(*)
FROM (SELECT * FROM diff_cell WHERE side = 'a') a FULL JOIN (SELECT * FROM diff_cell WHERE side = 'b') b USING (key)
WHERE coalesce(a.n, 0) = coalesce(b.n, 0) AND coalesce(a.hid, 0) = coalesce(b.hid, 0) AND coalesce(a.key_sum, 0) <> coalesce(b.key_sum, 0)
