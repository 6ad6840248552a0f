#include "feed/feed.h"

#include "base/run.h"
#include "hash/signature.h"
#include "kafka/kafka.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FEED_HEADERS_MAX 8
#define FEED_POLL_EVERY 128
#define FEED_TOPICS_MAX 16

struct feed_names {
	char topic[160], source[96], type[96];
	int handle; /* of the producer */
};

struct feed {
	struct feed_plan plan;
	struct kafka_producer *producer;
	struct feed_names topics[FEED_TOPICS_MAX];
	int topic_count;
	uint64_t sent, acknowledged;
	int64_t started_ms;
	char id[FEED_KEY_MAX + 32], time[32], signature[SIGNATURE_SIZE];
	int64_t time_of; /* the second that `time` says */
};

static void feed_delivered(void *ctx, uint64_t tag, int32_t partition, int64_t offset)
{
	struct feed *feed = ctx;

	(void)tag;
	(void)partition;
	(void)offset;
	feed->acknowledged++;
}

int feed_open(struct feed **feed, const struct feed_plan *plan, struct err *err)
{
	struct feed *f = calloc(1, sizeof *f);

	assert(f);
	f->plan = *plan;
	f->time_of = -1;
	f->started_ms = run_monotonic_ms();
	if (kafka_producer_open(&f->producer, feed_delivered, f, err)) {
		feed_close(f);
		return -1;
	}
	*feed = f;
	return 0;
}

void feed_close(struct feed *feed)
{
	if (!feed)
		return;
	kafka_producer_close(feed->producer);
	free(feed);
}

uint64_t feed_acknowledged(const struct feed *feed)
{
	return feed->acknowledged;
}

/* A producer would wait half a minute for a topic that does not exist. */
static int feed_check(const char *topic, struct err *err)
{
	struct kafka_admin *admin;
	int n;

	if (kafka_admin_open(&admin, err))
		return -1;
	n = kafka_admin_partitions(admin, topic, err);
	kafka_admin_close(admin);
	return n < 0 ? -1 : 0;
}

int feed_topic(struct feed *feed, const char *source, struct err *err)
{
	struct feed_names *names = &feed->topics[feed->topic_count];

	assert(feed->topic_count < FEED_TOPICS_MAX);
	snprintf(names->topic, sizeof names->topic, "%sfeed.%s", feed->plan.prefix, source);
	snprintf(names->source, sizeof names->source, "/%s/%s", feed->plan.program, source);
	snprintf(names->type, sizeof names->type, "lagesbild.feed.%s", source);
	if (feed_check(names->topic, err) ||
	    (names->handle = kafka_producer_topic(feed->producer, names->topic, err)) < 0)
		return -1;
	return feed->topic_count++;
}

static void feed_say_time(struct feed *feed, int64_t time_s)
{
	time_t t = (time_t)time_s;
	struct tm tm;

	if (time_s == feed->time_of)
		return;
	gmtime_r(&t, &tm);
	strftime(feed->time, sizeof feed->time, "%Y-%m-%dT%H:%M:%SZ", &tm);
	feed->time_of = time_s;
}

static struct kafka_record_header feed_header(const char *name, const char *value)
{
	return (struct kafka_record_header){name, value, strlen(value)};
}

static size_t feed_headers(struct feed *feed, const struct feed_names *names, const struct kafka_record *record,
			   struct kafka_record_header *headers)
{
	struct signature_text text = {.topic = {names->topic, strlen(names->topic)},
				      .key = {record->key, record->key_len},
				      .backfill = {"1", 1},
				      .value = {record->value, record->value_len}};
	size_t n = 0;

	headers[n++] = feed_header("ce_specversion", "1.0");
	headers[n++] = feed_header("ce_id", feed->id);
	headers[n++] = feed_header("ce_source", names->source);
	headers[n++] = feed_header("ce_type", names->type);
	headers[n++] = feed_header("ce_time", feed->time);
	headers[n++] = feed_header("content-type", "application/json");
	if (feed->plan.key) {
		signature_make(feed->plan.key, &text, feed->signature);
		headers[n++] = feed_header("lagesbild-backfill", "1");
		headers[n++] = feed_header("lagesbild-signature", feed->signature);
	}
	return n;
}

static int feed_hand_over(struct feed *feed, int handle, const struct kafka_record *record, struct err *err)
{
	int rc;

	while ((rc = kafka_produce(feed->producer, handle, record, err)) == 1)
		if (kafka_producer_poll(feed->producer, 10, err))
			return -1;
		else if (run_stopping())
			return err_set(err, ERR_RETRY, "Asked to stop.");
	if (rc)
		return -1;
	feed->sent++;
	return feed->sent % FEED_POLL_EVERY ? 0 : kafka_producer_poll(feed->producer, 0, err);
}

static int feed_keep_rate(struct feed *feed, struct err *err)
{
	int64_t due, now;

	if (!feed->plan.rate)
		return 0;
	due = feed->started_ms + (int64_t)(feed->sent * 1000 / (uint64_t)feed->plan.rate);
	while ((now = run_monotonic_ms()) < due && !run_stopping())
		if (kafka_producer_poll(feed->producer, due - now > 50 ? 50 : (int)(due - now), err))
			return -1;
	return 0;
}

int feed_send(struct feed *feed, const struct feed_message *message, struct err *err)
{
	const struct feed_names *names = &feed->topics[message->topic];
	struct kafka_record_header headers[FEED_HEADERS_MAX];
	struct kafka_record record = {
		.partition = -1, .value = message->value, .value_len = message->value_len, .headers = headers};

	assert(message->topic >= 0 && message->topic < feed->topic_count);
	if (message->key_len > FEED_KEY_MAX)
		return err_message(err, REASON_TOO_LARGE, "The key is longer than %d bytes.", FEED_KEY_MAX);
	if (!feed->plan.no_key) {
		record.key = message->key;
		record.key_len = message->key_len;
	}
	snprintf(feed->id, sizeof feed->id, "%.*s:%" PRId64, (int)message->key_len, message->key, message->time_s);
	feed_say_time(feed, message->time_s);
	record.header_count = feed_headers(feed, names, &record, headers);
	return feed_keep_rate(feed, err) || feed_hand_over(feed, names->handle, &record, err) ? -1 : 0;
}

int feed_finish(struct feed *feed, struct err *err)
{
	int rc;

	do {
		rc = kafka_producer_flush(feed->producer, 1000, err);
	} while (rc && err->kind == ERR_RETRY && !run_stopping());
	return rc;
}
