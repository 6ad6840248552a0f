-- n of all cells compared, by side; of the cells that differ the suppressed counts.
SELECT (SELECT coalesce(sum(n), 0)::bigint FROM diff_cell WHERE side = 'a'), (SELECT coalesce(sum(n), 0)::bigint FROM diff_cell WHERE side = 'b'),
	(SELECT coalesce(sum(hid_a), 0)::bigint FROM diff_found), (SELECT coalesce(sum(hid_b), 0)::bigint FROM diff_found)
