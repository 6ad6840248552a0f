-- The ledger of build $1, by id: what it keeps of an incident and nothing else; filters as export_cells. What is withdrawn or rejected lies in no
-- cell, so it comes only where nothing is filtered. Not here, because equal builds may differ in it: how a row came to be (prev_*, same).
SELECT CASE WHEN $7::int <> 0 THEN row_to_json(t)::text END, t.*
FROM lagesbild_store.ledger l
LEFT JOIN lagesbild_store.area a ON l.state NOT IN ('w', 'r') AND a.build = $1::smallint AND a.id = ((l.slot >> 24) & 65535)::int
LEFT JOIN lagesbild_store.category g ON l.state NOT IN ('w', 'r') AND g.build = $1::smallint AND g.id = ((l.slot >> 14) & 1023)::smallint
LEFT JOIN lagesbild_store.source s ON l.state NOT IN ('w', 'r') AND s.id = ((l.slot >> 8) & 63)::smallint
CROSS JOIN LATERAL (SELECT encode(uuid_send(l.id), 'hex') AS id,
	CASE WHEN s.id IS NOT NULL THEN to_char(lagesbild_store.month_date(l.slot >> 40), 'YYYY-MM') END AS month,
	a.code AS area, g.code AS category, s.name AS source,
	CASE l.state WHEN 'c' THEN 'counted' WHEN 's' THEN 'suppressed' WHEN 'a' THEN 'activity' WHEN 'i' THEN 'info' WHEN 'u' THEN 'unfounded'
		WHEN 'w' THEN 'withdrawn' WHEN 'r' THEN 'rejected' END AS state,
	CASE WHEN l.state = 'c' THEN l.n END AS n,
	CASE WHEN s.id IS NOT NULL AND l.occurred_from BETWEEN -62135596800000 AND 253402300799999
		THEN to_char(to_timestamp(l.occurred_from / 1000.0), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END AS occurred_from,
	CASE WHEN l.revision BETWEEN -62135596800000000 AND 253402300799999999
		THEN to_char(to_timestamp(l.revision / 1000000.0), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END AS revision,
	CASE WHEN l.received_at BETWEEN -62135596800000 AND 253402300799999
		THEN to_char(to_timestamp(l.received_at / 1000.0), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END AS received_at,
	l.partition AS origin_partition, l."offset" AS origin_offset) t
WHERE l.build = $1::smallint AND ($8::int = 0 OR s.id IS NOT NULL AND l.slot >> 40 BETWEEN $2::bigint AND $3::bigint
	AND ($4::text = '' OR a.id IN (SELECT aa.area FROM lagesbild_store.area_ancestor aa
		JOIN lagesbild_store.area up ON up.build = aa.build AND up.id = aa.ancestor WHERE aa.build = $1::smallint AND up.code = $4::text))
	AND ($5::text = '' OR g.id IN (SELECT ca.category FROM lagesbild_store.category_ancestor ca
		JOIN lagesbild_store.category up ON up.build = ca.build AND up.id = ca.ancestor WHERE ca.build = $1::smallint AND up.code = $5::text))
	AND ($6::text = '' OR s.name = $6::text))
ORDER BY l.id
