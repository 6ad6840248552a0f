-- What people have done about refused messages.

-- A retry is written down before it is sent, so that one that was killed can be told from one that was sent: from feed_end on the feed is
-- searched for its header. retry_offset: where it lies. outcome: resolved, refused (again), unsent.
CREATE TABLE lagesbild_store.dead_letter_retry (
	n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	topic text NOT NULL,
	partition integer NOT NULL,
	"offset" bigint NOT NULL,
	attempt integer NOT NULL,
	edited boolean NOT NULL,
	at timestamptz NOT NULL DEFAULT now(),
	by text NOT NULL,
	feed_end bigint NOT NULL,
	retry_offset bigint,
	outcome text CHECK (outcome IN ('resolved', 'refused', 'unsent')),
	FOREIGN KEY (topic, partition, "offset") REFERENCES lagesbild_store.reject
);
CREATE INDEX ON lagesbild_store.dead_letter_retry (topic, partition, "offset");
CREATE INDEX ON lagesbild_store.dead_letter_retry (topic, partition, retry_offset);

-- Who gave a letter up and why; and what a replay has settled: epoch is the one that let the message pass.
CREATE TABLE lagesbild_store.dead_letter_word (
	topic text NOT NULL,
	partition integer NOT NULL,
	"offset" bigint NOT NULL,
	at timestamptz NOT NULL DEFAULT now(),
	by text NOT NULL,
	why text NOT NULL,
	epoch bigint,
	PRIMARY KEY (topic, partition, "offset"),
	FOREIGN KEY (topic, partition, "offset") REFERENCES lagesbild_store.reject
);

CREATE OR REPLACE VIEW lagesbild.dead_letter AS
SELECT r.topic, r.partition, r."offset", r.epoch, r.reason, r.detail, to_timestamp(r.received_at / 1000.0) AS received_at, r.state,
	coalesce((SELECT max(t.attempt) FROM lagesbild_store.dead_letter_retry t
		WHERE t.topic = r.topic AND t.partition = r.partition AND t."offset" = r."offset" AND t.outcome IS DISTINCT FROM 'unsent'), 0) AS attempts,
	w.at, w.by, w.why
FROM lagesbild_store.reject r LEFT JOIN lagesbild_store.dead_letter_word w USING (topic, partition, "offset");

-- Has every message of the feed partition up to this one been taken in by the current build, this one too?
CREATE FUNCTION lagesbild_store.accounted(t text, p integer, o bigint, above bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT max(c.epoch) FROM lagesbild_store.chain c
	WHERE c.build = (SELECT build FROM lagesbild_store.build_current) AND c.topic = t AND c.partition = p AND c.epoch > above
		AND c.first_offset <= o AND c.last_offset >= o
		AND NOT EXISTS (SELECT FROM lagesbild_store.gap g WHERE g.build = c.build AND g.topic = t AND g.partition = p
			AND g.epoch = c.epoch AND g.after_offset < o AND g.before_offset > o)
$$;

-- What has become of retries and replays since the last look. A refusal of a retry is the letter's own, not a letter more.
CREATE FUNCTION lagesbild_store.settle_dead_letters() RETURNS void LANGUAGE sql AS $$
	UPDATE lagesbild_store.dead_letter_retry t SET outcome = CASE WHEN EXISTS (SELECT FROM lagesbild_store.reject r
		WHERE r.topic = t.topic AND r.partition = t.partition AND r."offset" = t.retry_offset) THEN 'refused' ELSE 'resolved' END
	WHERE t.outcome IS NULL AND t.retry_offset IS NOT NULL
		AND lagesbild_store.accounted(t.topic, t.partition, t.retry_offset, -1) IS NOT NULL;
	INSERT INTO lagesbild_store.dead_letter_word (topic, partition, "offset", by, why)
	SELECT topic, partition, retry_offset, by, 'attempt ' || attempt || ' of offset ' || "offset" || ', which stays open'
	FROM lagesbild_store.dead_letter_retry WHERE outcome = 'refused'
	ON CONFLICT DO NOTHING;
	UPDATE lagesbild_store.reject r SET state = 'dropped' FROM lagesbild_store.dead_letter_retry t
	WHERE t.outcome = 'refused' AND r.topic = t.topic AND r.partition = t.partition AND r."offset" = t.retry_offset AND r.state = 'open';
	UPDATE lagesbild_store.reject r SET state = CASE t.outcome WHEN 'resolved' THEN 'resolved' ELSE 'open' END
	FROM (SELECT DISTINCT ON (topic, partition, "offset") * FROM lagesbild_store.dead_letter_retry
		ORDER BY topic, partition, "offset", n DESC) t
	WHERE r.state = 'retried' AND t.outcome IS NOT NULL
		AND r.topic = t.topic AND r.partition = t.partition AND r."offset" = t."offset";
	-- A replay that let the message pass settles it; one that refuses it after that opens it again.
	WITH passed AS (
		UPDATE lagesbild_store.reject r SET state = 'resolved'
		WHERE r.state = 'open' AND lagesbild_store.accounted(r.topic, r.partition, r."offset", r.epoch) IS NOT NULL
		RETURNING r.topic, r.partition, r."offset", lagesbild_store.accounted(r.topic, r.partition, r."offset", r.epoch) AS epoch)
	INSERT INTO lagesbild_store.dead_letter_word AS w (topic, partition, "offset", by, why, epoch)
	SELECT topic, partition, "offset", session_user, 'a replay let it pass', epoch FROM passed
	ON CONFLICT (topic, partition, "offset") DO UPDATE SET at = now(), by = excluded.by, why = excluded.why, epoch = excluded.epoch;
	UPDATE lagesbild_store.reject r SET state = 'open' FROM lagesbild_store.dead_letter_word w
	WHERE r.state = 'resolved' AND w.epoch < r.epoch
		AND r.topic = w.topic AND r.partition = w.partition AND r."offset" = w."offset";
$$;

GRANT SELECT, INSERT, UPDATE ON lagesbild_store.dead_letter_retry, lagesbild_store.dead_letter_word TO lagesbild_operator;
GRANT UPDATE (state) ON lagesbild_store.reject TO lagesbild_operator;
GRANT SELECT ON lagesbild_store.dead_letter_retry, lagesbild_store.dead_letter_word TO lagesbild_writer;
