-- Who there is to own a measure, and the meetings as a calendar of one's own (iCalendar, RFC 5545): a feed that a telephone or Outlook asks
-- for by itself, so it cannot sign in. Its key stands in the address, is good for nothing else, and shows no more than when and where.

CREATE FUNCTION lagesbild_desk.actors_get(who bigint, arguments jsonb, body jsonb, OUT status integer, OUT answer jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT 200, jsonb_build_object('rows', coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.sv, a.code), '[]')) FROM lagesbild_desk.actor a
$$;

-- key: SHA-256 of the one in the address. An account has one: a new one takes the old one's place.
CREATE TABLE lagesbild_desk.feed (
	account bigint PRIMARY KEY REFERENCES lagesbild_desk.account,
	key text NOT NULL UNIQUE,
	created_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION lagesbild_desk.feed_put(who bigint, given text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
	INSERT INTO lagesbild_desk.feed AS f (account, key) VALUES (who, given)
	ON CONFLICT (account) DO UPDATE SET key = excluded.key, created_at = now();
	SELECT lagesbild_desk.note(who, 'calendar key made', NULL, NULL)
$$;

-- 2027-02/2027-03 as "februari–mars 2027".
CREATE FUNCTION lagesbild_desk.span_words(span text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN first = last THEN '' ELSE names[right(first, 2)::integer] || CASE WHEN left(first, 4) = left(last, 4) THEN '' ELSE ' ' || left(first, 4) END
		|| '–' END || names[right(last, 2)::integer] || ' ' || left(last, 4)
	FROM (SELECT left(span, 7) AS first, right(span, 7) AS last,
		'{januari,februari,mars,april,maj,juni,juli,augusti,september,oktober,november,december}'::text[] AS names) AS s
$$;

-- The meetings of the account's groups; a row without uid where there are none, no row at all where the key is nobody's. starts is wall time.
-- The agenda and what was said stay here: calendars are copied to where others read them.
CREATE FUNCTION lagesbild_desk.calendar(given text) RETURNS TABLE (account bigint, uid text, stamp text, version integer, starts text, minutes integer,
	cancelled boolean, summary text, place text, description text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT a.id, 'mote-' || m.id || '@' || b.municipality || '.lagesbild',
		(SELECT to_char(max(c.at) AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') FROM lagesbild_desk.change c WHERE c.kind = 'meeting' AND c.object = m.id::text),
		m.version, to_char(m.day + m.starts, 'YYYYMMDD"T"HH24MISS'), m.minutes_long, m.state = 'cancelled',
		CASE m.grp WHEN 'steering' THEN 'Lägesbild: styrgruppens möte' ELSE 'Lägesbild: operativa gruppens möte' END
			|| CASE m.state WHEN 'cancelled' THEN ' (inställt)' ELSE '' END, coalesce(m.place, ''),
		CASE WHEN j.j ->> 'span' IS NULL THEN 'Ingen ny hel månad sedan förra mötet.' ELSE 'Lägesbild för ' || lagesbild_desk.span_words(j.j ->> 'span')
			|| ', jämförd med ' || lagesbild_desk.span_words(j.j ->> 'last_year') || '.' END
	FROM lagesbild_desk.feed f JOIN lagesbild_desk.account a ON a.id = f.account AND a.closed_at IS NULL
	CROSS JOIN lagesbild_store.build_current t JOIN lagesbild_store.build b ON b.id = t.build
	LEFT JOIN lagesbild_desk.meeting m ON lagesbild_desk.sees_group(a.id, m.grp)
	LEFT JOIN LATERAL (SELECT lagesbild_desk.meeting_json(m) AS j WHERE m.id IS NOT NULL) j ON true
	WHERE f.key = given ORDER BY m.day, m.starts, m.id
$$;

GRANT EXECUTE ON FUNCTION lagesbild_desk.actors_get(bigint, jsonb, jsonb), lagesbild_desk.feed_put(bigint, text), lagesbild_desk.calendar(text) TO lagesbild_desk;
