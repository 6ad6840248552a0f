-- Where each build stands in topic incidents, and how many records there were none of ours.
SELECT b.name, p.partition, p.next, p.unreadable FROM lagesbild_store.position p JOIN lagesbild_store.build b ON b.id = p.build ORDER BY b.id, 2
