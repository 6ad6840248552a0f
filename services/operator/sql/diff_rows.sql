-- The cells that differ, the largest difference first, $1 of them at most; with $2 the incidents behind each. What is printed as a CSV's columns comes
-- first; then what each cause adds, as "cause +n (+suppressed)", and the whole as a JSON object.
WITH shown AS MATERIALIZED (
	SELECT * FROM diff_found ORDER BY abs(n_b - n_a) DESC, abs(hid_b - hid_a) DESC, key LIMIT $1::bigint),
cause AS (
	SELECT key, cause, more + less AS n, hid, shares AS incidents FROM diff_cause WHERE key IN (SELECT key FROM shown)),
causes AS (
	SELECT key, jsonb_object_agg(cause, n) AS n,
		string_agg(format('%s %s%s%s', cause, CASE WHEN n > 0 THEN '+' END, n, CASE WHEN hid <> 0 THEN format(' (%s%s×<5)', CASE WHEN hid > 0 THEN '+' END, hid) END), ', '
			ORDER BY abs(n) DESC, cause) AS line,
		json_agg(json_build_object('cause', cause, 'incidents', incidents, 'difference', n, 'difference_suppressed', hid) ORDER BY cause) AS list
	FROM cause GROUP BY key),
ids AS (
	SELECT key, string_agg(format('%s:%s', cause, encode(uuid_send(id), 'hex')), ' ' ORDER BY cause, id) AS line,
		json_agg(json_build_object('id', encode(uuid_send(id), 'hex'), 'cause', cause, 'difference', n, 'difference_suppressed', hid)
			ORDER BY cause, id) AS list
	FROM diff_share WHERE $2::int <> 0 AND key IN (SELECT key FROM shown) GROUP BY key)
SELECT month, area, area_name, category, category_name, source, n_a, n_b, difference, suppressed_a, suppressed_b,
	new, late, corrected, withdrawn, rejected, unfounded, backfill, source_removed, mapping, unexplained, incidents, causes,
	json_strip_nulls(json_build_object('month', month, 'area', area, 'area_name', area_name, 'category', category, 'category_name', category_name,
		'source', source, 'n_a', n_a, 'n_b', n_b, 'difference', difference, 'n_suppressed_a', suppressed_a, 'n_suppressed_b', suppressed_b,
		'causes', cause_list, 'incidents', id_list))::text
FROM (
	SELECT to_char(lagesbild_store.month_date(f.key >> 40), 'YYYY-MM') AS month, a.code AS area, a.name AS area_name,
		g.code AS category, g.name AS category_name, s.name AS source, f.n_a, f.n_b, f.n_b - f.n_a AS difference,
		f.hid_a AS suppressed_a, f.hid_b AS suppressed_b,
		coalesce(c.n ->> 'new', '0') AS new, coalesce(c.n ->> 'late', '0') AS late, coalesce(c.n ->> 'corrected', '0') AS corrected,
		coalesce(c.n ->> 'withdrawn', '0') AS withdrawn, coalesce(c.n ->> 'rejected', '0') AS rejected, coalesce(c.n ->> 'unfounded', '0') AS unfounded,
		coalesce(c.n ->> 'backfill', '0') AS backfill, coalesce(c.n ->> 'source-removed', '0') AS source_removed,
		coalesce(c.n ->> 'mapping', '0') AS mapping, coalesce(c.n ->> 'unexplained', '0') AS unexplained,
		ids.line AS incidents, c.line AS causes, c.list AS cause_list, ids.list AS id_list, f.key, abs(f.hid_b - f.hid_a) AS hid
	FROM shown f
	JOIN diff_area a ON a.key = (f.key >> 20) & 1048575
	JOIN diff_category g ON g.key = (f.key >> 6) & 16383
	JOIN lagesbild_store.source s ON s.id = (f.key & 63)::smallint
	LEFT JOIN causes c ON c.key = f.key
	LEFT JOIN ids ON ids.key = f.key) t
ORDER BY abs(difference) DESC, hid DESC, month, area COLLATE "C", category COLLATE "C", source COLLATE "C"
