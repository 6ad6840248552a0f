-- By every fed build: whoever comes first, it is the same set. Sorted, so that two writers wait for each other in one order.
INSERT INTO lagesbild_store.reporter (source, month, unit)
SELECT u.source, u.month, u.unit FROM unnest($1::smallint[], $2::integer[], $3::text[]) AS u(source, month, unit) ORDER BY 1, 2, 3
ON CONFLICT DO NOTHING
