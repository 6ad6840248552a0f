-- The partitions of incidents in which build $1 has not taken in what the current build has, by how many offsets, and where
-- both stand.
SELECT q.partition, q.next - coalesce(p.next, 0), q.next, coalesce(p.next, 0)
FROM lagesbild_store.position q JOIN lagesbild_store.build_current c ON c.build = q.build
LEFT JOIN lagesbild_store.position p ON p.build = $1::smallint AND p.partition = q.partition
WHERE coalesce(p.next, 0) < q.next ORDER BY 1
