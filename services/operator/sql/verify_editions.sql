-- Figures that are others than an edition that stands says, though nothing in the change log says why.
SELECT format('edition %s, %s %s %s %s: frozen %s, now %s, and nothing says why %s of it', e.id, to_char(r.month, 'YYYY-MM'), r.area, r.category, r.source,
	r.frozen, r.now, r.delta)
FROM lagesbild.edition e CROSS JOIN LATERAL lagesbild_store.edition_changes(e.id) r
WHERE e.state <> 'withdrawn' AND e.superseded_by IS NULL AND r.cause = 'unexplained' LIMIT 11
