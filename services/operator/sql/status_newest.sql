-- The newest time in the data, in the municipality's zone; empty when there is none.
SELECT coalesce((SELECT to_char(to_timestamp(max(c.newest_at) / 1000.0) AT TIME ZONE b.zone, 'YYYY-MM-DD HH24:MI')
	FROM lagesbild_store.chain c WHERE c.build = b.id), '')
FROM lagesbild_store.build b JOIN lagesbild_store.build_current bc ON bc.build = b.id
