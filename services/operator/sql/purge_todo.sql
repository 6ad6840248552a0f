-- Feeds before incidents: what a feed says is what incidents were made of.
SELECT name, phase FROM lagesbild_store.purge_topic WHERE purge = $1::bigint AND phase <> 'done' ORDER BY name = 'incidents', name
