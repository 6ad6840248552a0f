-- What the pack says of deliveries, outside the builds. A row for each source that was new, has changed or is gone.
WITH gone AS (
	DELETE FROM lagesbild_store.delivery_plan p
	WHERE NOT EXISTS (SELECT FROM staged_delivery f JOIN lagesbild_store.source s ON s.name = f.source WHERE s.id = p.source)
	RETURNING p.source),
put AS (
	INSERT INTO lagesbild_store.delivery_plan AS p (source, kind, from_month, complete_after_days)
	SELECT s.id, f.kind, to_date(f."from", 'YYYY-MM'), f.complete_after_days
	FROM staged_delivery f JOIN lagesbild_store.source s ON s.name = f.source
	ON CONFLICT (source) DO UPDATE SET kind = excluded.kind, from_month = excluded.from_month, complete_after_days = excluded.complete_after_days
	WHERE (p.kind, p.from_month, p.complete_after_days) IS DISTINCT FROM (excluded.kind, excluded.from_month, excluded.complete_after_days)
	RETURNING p.source)
SELECT source FROM gone UNION ALL SELECT source FROM put
