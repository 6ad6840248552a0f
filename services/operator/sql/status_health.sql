-- How each source does; lags in hours, times in the municipality's zone.
SELECT h.source, coalesce(to_char(h.last_event_at AT TIME ZONE b.zone, 'YYYY-MM-DD HH24:MI'), ''), h.received_7d,
	coalesce(h.usual_7d::text, ''), coalesce((extract(epoch FROM h.lag_p50) / 3600)::int::text, ''),
	coalesce((extract(epoch FROM h.lag_p90) / 3600)::int::text, ''), h.unmapped_7d, h.without_area_7d, h.silent
FROM lagesbild.source_health h, lagesbild_store.build b JOIN lagesbild_store.build_current bc ON bc.build = b.id ORDER BY 1
