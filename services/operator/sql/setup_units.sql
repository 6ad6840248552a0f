-- The reporting units that the pack names, outside the builds. One that is added later was not awaited before: since.
WITH gone AS (
	DELETE FROM lagesbild_store.unit u WHERE NOT EXISTS (SELECT FROM staged_unit f WHERE f.unit = u.code))
INSERT INTO lagesbild_store.unit AS u (code, n, sv, en, since)
SELECT f.unit, f.n, f.sv, f.en,
	CASE WHEN EXISTS (SELECT FROM lagesbild_store.unit) THEN date_trunc('month', lagesbild_store.today())::date ELSE '-infinity' END
FROM staged_unit f
ON CONFLICT (code) DO UPDATE SET n = excluded.n, sv = excluded.sv, en = excluded.en
