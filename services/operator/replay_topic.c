/* replay --to-topic: a stretch, or the incidents it becomes, into another topic, for analysis elsewhere: in the order
 * of append times, as fast as it goes, at a rate or at the original's pace. */
#include "replay_private.h"

#include "base/run.h"
#include "progress.h"
#include <stdlib.h>
#include <string.h>

#define FLUSH_MS 30000
#define POLL_MS 100
#define OFFSET_BITS 48 /* of a tag; the partition above them */
#define RECORD_MAX (64u << 10)

struct copy {
	struct replay *r;
	struct kafka_producer *producer;
	int topic, partitions;
	bool made;
	int64_t begun_ms, first_ms; /* monotonic; append time of the first message */
	int64_t handed, acknowledged;
	int64_t *next; /* a source partition: behind the last that was acknowledged; -1: none was */
	const struct deadletter *letters;
	struct progress progress;
	struct buf record;
	struct kafka_record_header headers[DEADLETTER_HEADERS_MAX + 2];
	char names[DEADLETTER_HEADERS_MAX][256];
};

/* The same place below the prefix, and without one: another installation may be meant. */
static bool ours(const char *topic)
{
	return strncmp(topic, "feed.", 5) == 0 || strcmp(topic, "incidents") == 0 || strcmp(topic, "deadletters") == 0;
}

int replay_topic_check(const char *topic, struct err *err)
{
	size_t len = strlen(operator_conf.prefix);

	if (ours(topic) || (strncmp(topic, operator_conf.prefix, len) == 0 && ours(topic + len)))
		return err_set(err, ERR_CONFIG,
			       "--to-topic %.100s: that is a topic of the installation, and what is copied into it "
			       "would count; give another name",
			       topic);
	if (strncmp(topic, "__", 2) == 0)
		return err_set(err, ERR_CONFIG, "--to-topic %.100s: that is a topic of Kafka's own", topic);
	return 0;
}

/* Where it has to be made: the feed's partitions, so that order holds, the original times, and gone when the feed's own
 * messages go: they may hold what a person wrote. */
static int make_ready(struct copy *c, struct err *err)
{
	static const char *const config[] = {"cleanup.policy",	  "delete",	  "message.timestamp.type",
					     "CreateTime",	  "retention.ms", "34560000000",
					     "max.message.bytes", "1179648",	  NULL};
	const struct kafka_topic topic = {c->r->to_topic, c->r->partitions, (int)operator_conf.replication, config};
	struct kafka_admin *admin;
	struct err none = {0};
	int rc = 0;

	if (operator_kafka(&admin, err))
		return -1;
	c->partitions = kafka_admin_partitions(admin, topic.name, &none);
	if (c->partitions < 0 && none.kind == ERR_CONFIG) {
		rc = kafka_admin_ensure(admin, &topic, true, err) < 0 ? -1 : 0;
		c->made = true;
		c->partitions = topic.partitions;
	} else if (c->partitions < 0) {
		*err = none;
		rc = -1;
	}
	kafka_admin_close(admin);
	return rc;
}

static void delivered(void *ctx, uint64_t tag, int32_t partition, int64_t offset)
{
	struct copy *c = ctx;

	(void)partition;
	(void)offset;
	c->acknowledged++;
	c->next[tag >> OFFSET_BITS] = (int64_t)(tag & ((UINT64_C(1) << OFFSET_BITS) - 1)) + 1;
}

/* When the message is due, as monotonic ms. */
static int64_t due_ms(const struct copy *c, int64_t append_ms)
{
	if (c->r->rate)
		return c->begun_ms + c->handed * 1000 / c->r->rate;
	if (c->r->speed > 0)
		return c->begun_ms + (int64_t)((double)(append_ms - c->first_ms) / c->r->speed);
	return 0;
}

/* 0; 1 asked to stop; -1. */
static int wait_until_due(struct copy *c, int64_t append_ms, struct err *err)
{
	int64_t due, left;

	if (c->handed == 0) {
		c->begun_ms = run_monotonic_ms();
		c->first_ms = append_ms;
	}
	due = due_ms(c, append_ms);
	for (;;) {
		if (run_stopping())
			return 1;
		progress_at(&c->progress, c->acknowledged);
		left = due - run_monotonic_ms();
		if (left <= 0)
			return 0;
		if (kafka_producer_poll(c->producer, left < POLL_MS ? (int)left : POLL_MS, err))
			return -1;
	}
}

/* 0; 1 asked to stop; -1. */
static int put(struct copy *c, const struct deadletter *m, const void *key, size_t key_len, const void *value,
	       size_t value_len, size_t headers, struct err *err)
{
	char time[24], origin[260];
	struct kafka_record record = {.partition = m->partition % c->partitions,
				      .key = key,
				      .key_len = key_len,
				      .value = value,
				      .value_len = value_len,
				      .headers = c->headers,
				      .tag = (uint64_t)m->partition << OFFSET_BITS | (uint64_t)m->offset,
				      .create_ms = m->append_time > 0 ? m->append_time : 0};
	int rc;

	snprintf(time, sizeof time, "%lld", (long long)m->append_time);
	snprintf(origin, sizeof origin, "%s:%d:%lld", c->r->topic, m->partition, (long long)m->offset);
	c->headers[headers++] = (struct kafka_record_header){"lagesbild-timestamp", time, strlen(time)};
	c->headers[headers++] = (struct kafka_record_header){"lagesbild-origin", origin, strlen(origin)};
	record.header_count = headers;
	rc = wait_until_due(c, m->append_time, err);
	while (rc == 0 && (rc = kafka_produce(c->producer, c->topic, &record, err)) == 1) {
		if (run_stopping())
			return 1;
		rc = kafka_producer_poll(c->producer, 10, err);
	}
	c->handed += rc == 0;
	return rc;
}

static int put_message(struct copy *c, const struct deadletter *m, struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < m->header_count; i++) {
		snprintf(c->names[n], sizeof c->names[n], "%.*s", (int)m->headers[i].name.len, m->headers[i].name.text);
		c->headers[n] = (struct kafka_record_header){c->names[n], m->headers[i].value, m->headers[i].value_len};
		n++;
	}
	return put(c, m, m->key, m->key_len, m->value, m->value_len, n, err);
}

static int put_incident(void *ctx, size_t i, const struct incident *in, struct err *err)
{
	struct copy *c = ctx;

	buf_clear(&c->record);
	incident_encode(in, &c->record);
	return put(c, &c->letters[i], in->id, sizeof in->id, c->record.data, c->record.len, 0, err);
}

/* 0; 1 asked to stop; -1. */
static int put_batch(struct copy *c, const struct kafka_message *m, size_t count, struct err *err)
{
	static struct replay_headers headers[REPLAY_BATCH];
	static struct deadletter letters[REPLAY_BATCH];
	int rc = 0;

	for (size_t i = 0; i < count; i++)
		replay_letter(&m[i], c->r->topic, c->r->epoch, &headers[i], &letters[i]);
	c->letters = letters;
	if (c->r->mapper) {
		rc = mapper_map(c->r->mapper, letters, count, put_incident, c, err);
		return rc && run_stopping() ? 1 : rc;
	}
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = put_message(c, &letters[i], err);
	return rc;
}

/* 0; 1 asked to stop; -1. */
static int run(struct copy *c, struct err *err)
{
	struct kafka_message m[REPLAY_BATCH];
	struct replay_merge *merge;
	int got = 1, rc;

	if (replay_merge_open(&merge, c->r, err))
		return -1;
	for (rc = 0; rc == 0 && got > 0;) {
		got = replay_merge_batch(merge, m, REPLAY_BATCH, err);
		if (got < 0)
			rc = -1;
		else
			rc = put_batch(c, m, (size_t)got, err);
		if (got > 0)
			kafka_consumer_release(m, (size_t)got);
	}
	replay_merge_close(merge);
	if (rc < 0 || kafka_producer_flush(c->producer, FLUSH_MS, err))
		return -1;
	return rc || run_stopping();
}

static int64_t wanted(const struct replay *r)
{
	int64_t sum = 0;

	for (size_t i = 0; i < r->count; i++)
		sum += r->stretches[i].to - r->stretches[i].from;
	return sum;
}

static void report_json(const struct copy *c, bool whole, double seconds)
{
	bool first = true;

	printf("{\"topic\": ");
	operator_json_text(c->r->to_topic);
	printf(", \"made\": %s, \"whole\": %s, \"messages\": %lld, \"seconds\": %.1f, \"partitions\": [",
	       c->made ? "true" : "false", whole ? "true" : "false", (long long)c->acknowledged, seconds);
	for (int32_t p = 0; p < c->r->partitions; p++) {
		if (c->next[p] < 0)
			continue;
		printf("%s{\"partition\": %d, \"next\": %lld}", first ? "" : ", ", p, (long long)c->next[p]);
		first = false;
	}
	printf("]}\n");
}

/* How far: where to go on after ^C. */
static void report(const struct copy *c, bool whole)
{
	double seconds = (double)(run_monotonic_ms() - c->progress.begun_ms) / 1000;

	if (c->r->json) {
		report_json(c, whole, seconds);
	} else {
		printf("%s%s messages of %s are in %s%s, in %.1f s\n",
		       whole ? "" : "stopped: ", operator_grouped(c->acknowledged), c->r->topic, c->r->to_topic,
		       c->made ? " (made)" : "", seconds);
		for (int32_t p = 0; !whole && p < c->r->partitions; p++)
			if (c->next[p] >= 0)
				printf("  partition %d up to offset %lld; the rest: --partition %d --from %lld\n", p,
				       (long long)c->next[p] - 1, p, (long long)c->next[p]);
	}
}

int replay_topic(struct replay *r, struct err *err)
{
	struct copy *c = calloc(1, sizeof *c);
	int status = -1, rc;

	if (!c || !(c->next = calloc((size_t)r->partitions, sizeof *c->next))) {
		free(c);
		return err_set(err, ERR_RETRY, "out of memory");
	}
	c->r = r;
	buf_init(&c->record, RECORD_MAX);
	for (int p = 0; p < r->partitions; p++)
		c->next[p] = -1;
	if (make_ready(c, err) == 0 && kafka_producer_open(&c->producer, delivered, c, err) == 0 &&
	    (c->topic = kafka_producer_topic(c->producer, r->to_topic, err)) >= 0) {
		progress_begin(&c->progress, "copying", "messages", wanted(r));
		rc = run(c, err);
		if (rc >= 0) {
			progress_end(&c->progress, c->acknowledged);
			report(c, rc == 0);
			status = rc ? REPLAY_INTERRUPTED : 0;
		}
	}
	kafka_producer_close(c->producer);
	buf_release(&c->record);
	free(c->next);
	free(c);
	return status;
}
