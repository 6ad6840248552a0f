-- Where each build that is fed stands in topic incidents, and for how many seconds it has stood there; is it the current one?
SELECT b.name, p.partition, p.next, extract(epoch FROM now() - p.updated_at)::bigint,
	b.id IN (SELECT build FROM lagesbild_store.build_current)
FROM lagesbild_store.position p JOIN lagesbild_store.build b ON b.id = p.build WHERE b.fed AND b.until IS NULL ORDER BY b.id, p.partition
