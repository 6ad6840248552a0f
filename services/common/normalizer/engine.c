/* The service around convert: consumer, producer, chain of custody. */
#include "normalizer/engine.h"

#include "base/log.h"
#include "base/run.h"
#include "http/health.h"
#include "incident/deadletter.h"
#include "kafka/kafka_reader.h"
#include "normalizer/engine_meter.h"
#include "normalizer/lane.h"
#include "normalizer/normalizer_frames.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MAX 1000
#define POLL_WAIT_MS 5
#define COMMIT_EVERY_MS 500
#define METER_EVERY_MS 1000
#define FLUSH_MS 10000
#define RECORD_MAX (64u << 10)
/* What topic deadletters surely takes of a record, key included: its limit less the head of a batch. A compressed feed
 * message may come out larger than any limit of its topic. */
#define LETTER_MAX (ENGINE_MESSAGE_MAX + DEADLETTER_OVERHEAD_MAX - 1024u)
#define LANES_MAX 1024

struct engine {
	const struct engine_options *options;
	struct convert *convert;
	struct kafka_consumer *consumer;
	struct kafka_producer *producer;
	char feed[160];
	int incidents, deadletters; /* producer's topics */
	struct lane *lanes;
	size_t lane_count;
	uint16_t lanes_opened;
	int64_t committed_at; /* monotonic ms */
	int64_t metered_at;   /* the same */
	bool broken;	      /* a revoke could not be completed: start again */
	struct buf record, letter;
	struct kafka_message messages[POLL_MAX];
	struct deadletter_header headers[DEADLETTER_HEADERS_MAX];
	size_t header_count;
};

static struct lane *lane_of(struct engine *e, int32_t partition)
{
	for (size_t i = 0; i < e->lane_count; i++)
		if (e->lanes[i].partition == partition)
			return &e->lanes[i];
	return NULL;
}

static void delivered(void *ctx, uint64_t tag, int32_t partition, int64_t offset)
{
	struct engine *e = ctx;

	(void)partition;
	(void)offset;
	for (size_t i = 0; i < e->lane_count; i++)
		if (e->lanes[i].number == lane_tag_number(tag))
			lane_acknowledge(&e->lanes[i], tag);
}

/* ---- positions ---- */

static int commit(struct engine *e, bool wait, struct err *err)
{
	struct kafka_commit list[LANES_MAX];
	size_t count = 0;

	e->committed_at = run_monotonic_ms();
	for (size_t i = 0; i < e->lane_count; i++) {
		int64_t next = lane_commit(&e->lanes[i], list[count].metadata);

		if (next < 0)
			continue;
		list[count].partition = e->lanes[i].partition;
		list[count++].next = next;
	}
	return count ? kafka_consumer_commit(e->consumer, list, count, wait, err) : 0;
}

/* Where to go on: one message before the committed offset, so that meeting it again proves that the topic is the same.
 */
static int resume(const struct engine *e, struct lane *lane, struct kafka_assignment *a, struct err *err)
{
	if (a->low > a->committed)
		return err_set(err, ERR_DATA_LOSS,
			       "%s partition %d: the next message to read is %lld, but the log begins at %lld: %lld "
			       "messages were deleted unread; "
			       "if that is accepted, delete the group's offsets and start again",
			       e->feed, a->partition, (long long)a->committed, (long long)a->low,
			       (long long)(a->low - a->committed));
	if (a->high >= 0 && a->high < a->committed)
		return err_set(err, ERR_DATA_LOSS,
			       "%s partition %d: offset %lld was committed, but the log ends at %lld: the topic has "
			       "been re-created or cut; "
			       "delete the group's offsets to read it from its beginning as a new epoch",
			       e->feed, a->partition, (long long)a->committed, (long long)a->high);
	a->start = a->committed;
	if (a->low < a->committed) {
		a->start = a->committed - 1;
		lane->check_offset = a->committed - 1;
	}
	return 0;
}

static int open_lane(struct engine *e, struct kafka_assignment *a, struct err *err)
{
	struct lane *lane = &e->lanes[e->lane_count];
	const char *metadata = a->committed < 0 ? "" : a->metadata;
	int known = lane_open(lane, a->partition, ++e->lanes_opened, metadata, run_now_ms(), err);

	if (known < 0)
		return -1;
	e->lane_count++;
	if (known)
		return resume(e, lane, a, err);
	a->start = KAFKA_BEGINNING;
	log_text(LOG_NOTE, "new-epoch", "%s partition %d from its beginning, epoch %lld", e->feed, a->partition,
		 (long long)lane->epoch);
	return 0;
}

static int assigned(void *ctx, struct kafka_assignment *partitions, size_t count, struct err *err)
{
	struct engine *e = ctx;

	if (e->lane_count + count > LANES_MAX)
		return err_set(err, ERR_CONFIG, "more than %d partitions in one normalizer", LANES_MAX);
	for (size_t i = 0; i < count; i++)
		if (open_lane(e, &partitions[i], err))
			return -1;
	log_text(LOG_NOTE, "assigned", "%zu partitions", count);
	return 0;
}

static void revoked(void *ctx, const int32_t *partitions, size_t count, bool lost)
{
	struct engine *e = ctx;
	struct err err = {0};

	/* What is under way is waited for and committed, so that the next owner has nothing to send again. */
	if (!lost && (kafka_producer_flush(e->producer, FLUSH_MS, &err) || commit(e, true, &err))) {
		log_text(LOG_WARNING, "revoke-incomplete", "%s", err.text);
		e->broken = true;
	}
	for (size_t i = 0; i < count; i++) {
		struct lane *lane = lane_of(e, partitions[i]);

		if (!lane)
			continue;
		lane_close(lane);
		engine_meter_gone(partitions[i]);
		*lane = e->lanes[--e->lane_count];
	}
	log_text(LOG_NOTE, "revoked", "%zu partitions%s", count, lost ? ", lost" : "");
}

/* ---- one message ---- */

static void note_header(void *ctx, const char *name, const void *value, size_t len)
{
	struct engine *e = ctx;

	if (e->header_count < DEADLETTER_HEADERS_MAX)
		e->headers[e->header_count++] = (struct deadletter_header){{name, strlen(name)}, value, len};
}

/* What /metrics and /readyz show. */
static void meter(struct engine *e)
{
	struct convert_counts counts;
	int64_t now_ms = run_monotonic_ms();

	if (!e->consumer || now_ms - e->metered_at < METER_EVERY_MS)
		return; /* a replay is not looked at */
	e->metered_at = now_ms;
	counts = convert_counts(e->convert);
	engine_meter_counts(&counts);
	for (size_t i = 0; i < e->lane_count; i++)
		engine_meter_lane(&e->lanes[i], kafka_consumer_lag(e->consumer, e->lanes[i].partition));
	engine_meter_queue(kafka_producer_waiting(e->producer));
	health_ready(kafka_consumer_trouble(e->consumer));
}

/* Serve acknowledgements while there is no room; a stop must get through even when Kafka is away for good. */
static int wait_a_little(struct engine *e, struct err *err)
{
	if (run_stopping())
		return err_set(err, ERR_RETRY, "asked to stop while Kafka takes nothing");
	meter(e);
	return kafka_producer_poll(e->producer, 10, err);
}

static int hand_over(struct engine *e, int topic, const struct kafka_record *r, struct err *err)
{
	int rc;

	while ((rc = kafka_produce(e->producer, topic, r, err)) == 1)
		if (wait_a_little(e, err))
			return -1;
	return rc;
}

/* The letter that fits its topic: whole, without the value, or without the key too. The broker would refuse a larger
 * one for ever, and the feed would stand still. */
static void write_letter(struct engine *e, struct deadletter *letter)
{
	for (int attempt = 0; attempt < 3; attempt++) {
		if (attempt == 1)
			letter->value = NULL;
		if (attempt == 2)
			letter->key = NULL;
		buf_clear(&e->letter);
		deadletter_encode(letter, &e->letter);
		if (!e->letter.overflow && e->letter.len + (letter->key ? letter->key_len : 0) <= LETTER_MAX)
			return;
	}
	assert(!e->letter.overflow); /* the headers have a limit of their own */
}

/* The dead letter keeps the bytes for re-driving. One that is too large for its topic goes without them: the feed still
 * has them. */
static int bury(struct engine *e, const struct kafka_message *m, const struct incident *in, struct lane *lane,
		struct err *err)
{
	bool bare = !e->options->source->keeps_bytes;
	struct deadletter letter = {
		.reason = in->reason,
		.detail = in->detail,
		.topic = in->origin.topic,
		.partition = m->partition,
		.offset = m->offset,
		.epoch = in->origin.epoch,
		.append_time = m->append_ms,
		.headers = e->headers,
		.key = bare ? NULL : m->key,
		.key_len = m->key_len,
		.value = bare ? NULL : m->value,
		.value_len = m->value_len,
	};
	struct kafka_record record = {.partition = -1, .tag = lane_tag(lane, in->origin.sequence)};

	e->header_count = 0;
	if (!bare)
		kafka_headers(m, note_header, e);
	letter.header_count = e->header_count;
	write_letter(e, &letter);
	record.key = letter.key;
	record.key_len = letter.key ? letter.key_len : 0;
	record.value = e->letter.data;
	record.value_len = e->letter.len;
	if (!hand_over(e, e->deadletters, &record, err))
		return 0;
	if (err->kind != ERR_MESSAGE)
		return -1;
	lane_forgo(lane, in->origin.sequence);
	return 0;
}

static int wait_for_room(struct engine *e, const struct lane *lane, struct err *err)
{
	while (lane_full(lane))
		if (wait_a_little(e, err))
			return -1;
	return 0;
}

static int forward(struct engine *e, struct lane *lane, const struct kafka_message *m, struct err *err)
{
	struct convert_input input = {
		.value = m->value,
		.value_len = m->value_len,
		.key = m->key,
		.key_len = m->key_len,
		.append_ms = m->append_ms,
		.topic = e->feed,
		.origin = {{e->feed, strlen(e->feed)}, m->partition, lane->epoch, m->offset, lane->sequence + 1},
	};
	struct incident in;
	struct kafka_record record = {.partition = m->partition};
	int rejected;
	bool buried;

	if (wait_for_room(e, lane, err))
		return -1;
	/* One walk: each look-up by name would walk them all. */
	kafka_headers(m, normalizer_frames_header, &input);
	rejected = convert_message(e->convert, &input, &in);
	if (rejected < 0) { /* nothing is read of it yet: a new membership begins with this message */
		*err = *convert_failure(e->convert);
		return -1;
	}
	run_point("mapped");
	buf_clear(&e->record);
	incident_encode(&in, &e->record);
	/* Of what has been taken out nothing is buried again. */
	buried = rejected && in.reason != REASON_PURGED;
	lane_read(lane, m->offset, m->append_ms, buried ? 2 : 1);
	record.key = in.id;
	record.key_len = sizeof in.id;
	record.value = e->record.data;
	record.value_len = e->record.len;
	record.tag = lane_tag(lane, lane->sequence);
	if (hand_over(e, e->incidents, &record, err))
		return err->kind == ERR_MESSAGE
			       ? err_set(err, ERR_CONFIG, "topic incidents refuses a record: %s", err->text)
			       : -1;
	return buried ? bury(e, m, &in, lane, err) : 0;
}

/* The message before the committed offset, met again: it is not counted, but it must be the same one. It was a message,
 * so it must come first: another one in its place means that messages were passed over on their way here. */
static int check_again(const struct engine *e, struct lane *lane, const struct kafka_message *m, struct err *err)
{
	int64_t expected = lane->check_offset;

	lane->check_offset = -1;
	if (m->offset != expected)
		return err_set(err, ERR_REJOIN, "%s partition %d: offset %lld was asked for, %lld came", e->feed,
			       m->partition, (long long)expected, (long long)m->offset);
	return m->append_ms == lane->check_append_ms
		       ? 0
		       : err_set(err, ERR_DATA_LOSS,
				 "%s partition %d: offset %lld is another message than the one that was read there: "
				 "the topic has been re-created; "
				 "delete the group's offsets to read it from its beginning as a new epoch",
				 e->feed, m->partition, (long long)m->offset);
}

static int handle(struct engine *e, const struct kafka_message *m, struct err *err)
{
	struct lane *lane = lane_of(e, m->partition);

	if (!lane)
		return 0;
	if (lane->check_offset >= 0)
		return check_again(e, lane, m, err);
	return forward(e, lane, m, err);
}

/* ---- membership ---- */

static int step(struct engine *e, struct err *err)
{
	int got = kafka_consumer_batch(e->consumer, e->messages, POLL_MAX, POLL_WAIT_MS, err), rc = 0;

	if (got < 0)
		return -1;
	for (int i = 0; rc == 0 && i < got; i++)
		rc = handle(e, &e->messages[i], err);
	kafka_consumer_release(e->messages, (size_t)got);
	meter(e);
	if (rc || kafka_producer_poll(e->producer, 0, err))
		return -1;
	if (e->broken)
		return err_set(err, ERR_REJOIN, "partitions were given away before their records were acknowledged");
	return run_monotonic_ms() - e->committed_at >= COMMIT_EVERY_MS ? commit(e, false, err) : 0;
}

static int check_topics(struct engine *e, const char *incidents, struct err *err)
{
	struct kafka_admin *admin = NULL;
	int feed, out = -1;

	if (kafka_admin_open(&admin, err))
		return -1;
	feed = kafka_admin_partitions(admin, e->feed, err);
	if (feed > 0)
		out = kafka_admin_partitions(admin, incidents, err);
	if (feed > 0 && out > 0 && out < feed)
		err_set(err, ERR_CONFIG, "%s has %d partitions, %s only %d: grow incidents first", e->feed, feed,
			incidents, out);
	kafka_admin_close(admin);
	return feed > 0 && out >= feed ? 0 : -1;
}

static int engine_open(struct engine *e, struct err *err)
{
	const struct engine_options *o = e->options;
	char group[160], member[200], incidents[160], letters[160];
	struct kafka_group g = {
		.group = group,
		.instance = member,
		.topic = e->feed,
		.want_committed = true,
		.assigned = assigned,
		.revoked = revoked,
		.ctx = e,
	};

	snprintf(e->feed, sizeof e->feed, "%sfeed.%s", o->prefix, o->source->name);
	snprintf(incidents, sizeof incidents, "%sincidents", o->prefix);
	snprintf(letters, sizeof letters, "%sdeadletters", o->prefix);
	snprintf(group, sizeof group, "%snormalizer-%s", o->prefix, o->source->name);
	snprintf(member, sizeof member, "%s-%s", group, o->instance);
	buf_init(&e->record, RECORD_MAX);
	buf_init(&e->letter, LETTER_MAX);
	e->lanes = calloc(LANES_MAX, sizeof *e->lanes);
	if (!e->lanes)
		return err_set(err, ERR_RETRY, "out of memory");
	if (check_topics(e, incidents, err) || convert_open(&e->convert, &o->convert, err) ||
	    kafka_producer_open(&e->producer, delivered, e, err))
		return -1;
	e->incidents = kafka_producer_topic(e->producer, incidents, err);
	e->deadletters = e->incidents < 0 ? -1 : kafka_producer_topic(e->producer, letters, err);
	if (e->deadletters < 0)
		return -1;
	return o->replay ? 0 : kafka_consumer_open(&e->consumer, &g, err);
}

static void engine_close(struct engine *e)
{
	kafka_consumer_close(e->consumer);
	kafka_producer_close(e->producer);
	convert_close(e->convert);
	for (size_t i = 0; i < e->lane_count; i++)
		lane_close(&e->lanes[i]);
	free(e->lanes);
	buf_release(&e->record);
	buf_release(&e->letter);
	free(e);
}

/* ---- replay ---- */

/* Greater than every earlier epoch of the partition that is known, even if the clock went back: a lower one would be
 * overtaken, and change nothing. */
static int next_epoch(struct engine *e, int64_t *epoch, struct err *err)
{
	const struct engine_replay *replay = e->options->replay;
	struct kafka_admin *admin = NULL;
	char group[160], metadata[LANE_METADATA_MAX] = "";
	int64_t next, now = run_now_ms(), committed;

	snprintf(group, sizeof group, "%snormalizer-%s", e->options->prefix, e->options->source->name);
	if (kafka_admin_open(&admin, err))
		return -1;
	if (kafka_admin_committed(admin, group, e->feed, replay->partition, &next, metadata, sizeof metadata, err)) {
		kafka_admin_close(admin);
		return -1;
	}
	kafka_admin_close(admin);
	committed = strtoll(metadata, NULL, 10);
	*epoch = now > committed ? now : committed + 1;
	if (*epoch < replay->epoch)
		*epoch = replay->epoch;
	return 0;
}

/* A stretch is cut to what the log holds: its first offsets may have gone, its last may be transaction markers. */
static int replay_start(struct engine *e, struct kafka_reader *reader, const struct engine_stretch *s, struct err *err)
{
	int32_t partition = e->options->replay->partition;
	int64_t low, high;

	if (kafka_reader_start(reader, partition, KAFKA_BEGINNING, INT64_MAX, err))
		return -1;
	low = kafka_reader_from(reader);
	high = kafka_reader_to(reader);
	if (low < s->from)
		low = s->from;
	if (high > s->to + 1)
		high = s->to + 1;
	return kafka_reader_start(reader, partition, low < high ? low : high, high, err);
}

static int replay_stretch(struct engine *e, struct kafka_reader *reader, const struct engine_stretch *s, int64_t epoch,
			  struct err *err)
{
	struct lane *lane = &e->lanes[0];
	int got = 0, rc = 0;

	if (replay_start(e, reader, s, err) ||
	    lane_open(lane, e->options->replay->partition, ++e->lanes_opened, "", epoch, err) < 0)
		return -1;
	e->lane_count = 1;
	while (rc == 0 && !kafka_reader_done(reader) && !run_stopping()) {
		got = kafka_reader_batch(reader, e->messages, POLL_MAX, 100, err);
		if (got < 0)
			return -1;
		for (int i = 0; rc == 0 && i < got; i++)
			rc = forward(e, lane, &e->messages[i], err);
		kafka_consumer_release(e->messages, (size_t)got);
		run_point("replayed");
	}
	if (rc || kafka_producer_flush(e->producer, FLUSH_MS, err))
		return -1;
	printf("epoch %lld partition %d messages %lld\n", (long long)epoch, lane->partition, (long long)lane->sequence);
	e->lane_count = 0;
	lane_close(lane);
	return 0;
}

static int replay_all(struct engine *e, struct err *err)
{
	const struct engine_replay *replay = e->options->replay;
	struct kafka_reader *reader;
	int64_t epoch;
	int rc = 0;

	if (next_epoch(e, &epoch, err) || kafka_reader_open(&reader, e->feed, err))
		return -1;
	for (size_t i = 0; rc == 0 && i < replay->count && !run_stopping(); i++)
		rc = replay_stretch(e, reader, &replay->stretches[i], epoch++, err);
	kafka_reader_close(reader);
	fflush(stdout);
	return rc;
}

static int serve_session(struct engine *e, bool *worked, struct err *err)
{
	int rc = 0;

	log_event(LOG_NOTE, "ready", "feed", e->feed, NULL);
	while (rc == 0 && !run_stopping()) {
		rc = step(e, err);
		*worked = *worked || e->lane_count > 0;
	}
	return rc ? rc : kafka_producer_flush(e->producer, FLUSH_MS, err);
}

int engine_session(const struct engine_options *options, bool *worked, struct err *err)
{
	struct engine *e = calloc(1, sizeof *e);
	int rc;

	if (!e)
		return err_set(err, ERR_RETRY, "out of memory");
	e->options = options;
	engine_meter_session();
	health_ready("not yet a member of the consumer group");
	rc = engine_open(e, err);
	if (rc == 0)
		rc = options->replay ? replay_all(e, err) : serve_session(e, worked, err);
	engine_close(e); /* leaving the group commits the acknowledged prefix: revoked */
	return rc;
}
