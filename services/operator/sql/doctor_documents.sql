SELECT 'warning', CASE d.state WHEN 'failed' THEN format('%s of edition %s could not be made: %s', d.name, d.edition, d.reason)
	ELSE format('%s of edition %s has waited since %s', d.name, d.edition, to_char(d.wanted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')) END,
	CASE d.state WHEN 'failed' THEN 'see the printer''s log, then ask for it again on the edition''s page' ELSE 'is the printer running? its /readyz says why not' END
FROM lagesbild_desk.document d WHERE d.state = 'failed' OR d.state = 'waiting' AND d.wanted_at < now() - interval '10 minutes' ORDER BY d.edition, d.name
