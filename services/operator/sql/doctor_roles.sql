-- The roles, what each needs, and what none of them may have.
WITH role(name) AS (VALUES ('lagesbild_writer'), ('lagesbild_council'), ('lagesbild_public'), ('lagesbild_operator'),
	('lagesbild_desk'), ('lagesbild_printer')),
rule(role, may, privilege, relation) AS (
	SELECT 'lagesbild_writer', true, p, 'lagesbild_store.' || t
	FROM unnest(ARRAY['position', 'chain', 'gap', 'ledger', 'cell', 'slot', 'place', 'change_log', 'reject', 'intake']) t, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) p
	UNION ALL SELECT 'lagesbild_writer', true, 'INSERT', 'lagesbild_store.reporter'
	UNION ALL SELECT 'lagesbild_writer', true, 'SELECT', 'lagesbild_store.' || t
	FROM unnest(ARRAY['source', 'build', 'build_current', 'category', 'area', 'mapping', 'setting', 'delivery_plan']) t
	UNION ALL SELECT r, true, 'SELECT', 'lagesbild.' || t
	FROM unnest(ARRAY['lagesbild_council', 'lagesbild_operator']) r,
		unnest(ARRAY['month_cell', 'month_rollup', 'hour_cell', 'place_cell', 'tertial_cell', 'year_cell', 'rolling12_cell', 'delivery', 'month_summary',
			'category', 'area', 'source', 'source_health']) t
	UNION ALL SELECT 'lagesbild_operator', true, p, 'lagesbild_store.delivery_set' FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
	UNION ALL SELECT 'lagesbild_operator', true, 'SELECT', 'lagesbild.' || t FROM unnest(ARRAY['balance', 'dead_letter', 'build', 'change']) t
	UNION ALL SELECT 'lagesbild_writer', false, p, 'lagesbild_store.' || t
	FROM unnest(ARRAY['category', 'area', 'mapping', 'source', 'schema_file']) t, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) p
	UNION ALL SELECT r, false, p, 'lagesbild_store.' || t
	FROM unnest(ARRAY['lagesbild_council', 'lagesbild_public']) r, unnest(ARRAY['ledger', 'cell', 'slot', 'place', 'reject']) t,
		unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
	UNION ALL SELECT 'lagesbild_public', false, 'SELECT', 'lagesbild.' || t FROM unnest(ARRAY['month_cell', 'month_rollup', 'hour_cell', 'place_cell', 'month_summary']) t),
judged AS (
	SELECT rule.*, has_table_privilege(g.oid, c.oid, rule.privilege) AS has
	FROM rule JOIN pg_roles g ON g.rolname = rule.role AND NOT g.rolsuper JOIN pg_class c ON c.oid = to_regclass(rule.relation))
SELECT 'wrong', format('there is no role %s', name), 'lagesbild setup in a database of its own makes the roles, or: CREATE ROLE ' || name || ' LOGIN;'
FROM role WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
UNION ALL
SELECT 'wrong', format('the role %s is a superuser', name), format('ALTER ROLE %s NOSUPERUSER;', name)
FROM role JOIN pg_roles g ON g.rolname = name WHERE g.rolsuper
UNION ALL
SELECT 'wrong', format('the role %s lacks the right to use the schema %s', g.rolname, n.nspname), format('GRANT USAGE ON SCHEMA %s TO %s;', n.nspname, g.rolname)
FROM role JOIN pg_roles g ON g.rolname = role.name JOIN pg_namespace n ON n.nspname = 'lagesbild' OR n.nspname = 'lagesbild_store' AND g.rolname <> 'lagesbild_public'
WHERE role.name NOT IN ('lagesbild_desk', 'lagesbild_printer') AND NOT has_schema_privilege(g.oid, n.oid, 'USAGE')
UNION ALL
SELECT 'wrong', format('the role %s lacks %s on %s', role, string_agg(privilege, ', '), relation), format('GRANT %s ON %s TO %s;', string_agg(privilege, ', '), relation, role)
FROM judged WHERE may AND NOT has GROUP BY role, relation
UNION ALL
SELECT 'wrong', format('the role %s has %s on %s, which it must not', role, string_agg(privilege, ', '), relation), format('REVOKE %s ON %s FROM %s;', string_agg(privilege, ', '), relation, role)
FROM judged WHERE NOT may AND has GROUP BY role, relation
