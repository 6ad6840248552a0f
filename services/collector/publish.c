#include "publish.h"
#include "base/run.h"
#include "hash/signature.h"
#include "kafka/kafka.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HEADERS_MAX 8
#define POLL_EVERY 128

struct publish {
	struct publish_plan plan;
	struct kafka_producer *producer;
	int topic;
	uint64_t sent, acknowledged;
	int64_t started_ms;
	char source[96], type[96];
	char id[256], key[224], time[32], signature[SIGNATURE_SIZE];
	int64_t time_of; /* the second that `time` says */
	char *value;	 /* of an event with a shifted id */
};

static void on_delivered(void *ctx, uint64_t tag, int32_t partition, int64_t offset)
{
	struct publish *p = ctx;

	(void)tag;
	(void)partition;
	(void)offset;
	p->acknowledged++;
}

/* A producer would wait half a minute for a topic that does not exist. */
static int check_topic(const char *topic, struct err *err)
{
	struct kafka_admin *admin;
	int n;

	if (kafka_admin_open(&admin, err))
		return -1;
	n = kafka_admin_partitions(admin, topic, err);
	kafka_admin_close(admin);
	return n < 0 ? -1 : 0;
}

int publish_open(struct publish **publish, const struct publish_plan *plan, struct err *err)
{
	struct publish *p = calloc(1, sizeof *p);

	assert(p);
	p->plan = *plan;
	p->time_of = -1;
	p->started_ms = run_monotonic_ms();
	p->value = malloc(ARCHIVE_LINE_MAX + 32);
	assert(p->value);
	snprintf(p->source, sizeof p->source, "/collector/%s", plan->source);
	snprintf(p->type, sizeof p->type, "lagesbild.feed.%s", plan->source);
	if (check_topic(plan->topic, err) || kafka_producer_open(&p->producer, on_delivered, p, err) ||
	    (p->topic = kafka_producer_topic(p->producer, plan->topic, err)) < 0) {
		publish_close(p);
		return -1;
	}
	*publish = p;
	return 0;
}

void publish_close(struct publish *publish)
{
	if (!publish)
		return;
	kafka_producer_close(publish->producer);
	free(publish->value);
	free(publish);
}

uint64_t publish_acknowledged(const struct publish *publish)
{
	return publish->acknowledged;
}

/* The event's bytes as they are, but for the digits of its id. */
static size_t shift_id(struct publish *p, const struct archive_event *e, int64_t shift)
{
	size_t before = (size_t)(e->id - e->value), after = e->value_len - before - e->id_len, len;

	memcpy(p->value, e->value, before);
	len = (size_t)snprintf(p->value + before, 32, "%" PRId64, e->number + shift);
	memcpy(p->value + before + len, e->id + e->id_len, after);
	return before + len + after;
}

static void say_time(struct publish *p, int64_t observed_at)
{
	time_t t = (time_t)observed_at;
	struct tm tm;

	if (observed_at == p->time_of)
		return;
	gmtime_r(&t, &tm);
	strftime(p->time, sizeof p->time, "%Y-%m-%dT%H:%M:%SZ", &tm);
	p->time_of = observed_at;
}

static struct kafka_record_header header(const char *name, const char *value)
{
	return (struct kafka_record_header){name, value, strlen(value)};
}

static size_t make_headers(struct publish *p, const struct kafka_record *record, struct kafka_record_header *headers)
{
	struct signature_text text = {.topic = {p->plan.topic, strlen(p->plan.topic)},
				      .key = {record->key, record->key_len},
				      .backfill = {"1", 1},
				      .value = {record->value, record->value_len}};
	size_t n = 0;

	headers[n++] = header("ce_specversion", "1.0");
	headers[n++] = header("ce_id", p->id);
	headers[n++] = header("ce_source", p->source);
	headers[n++] = header("ce_type", p->type);
	headers[n++] = header("ce_time", p->time);
	headers[n++] = header("content-type", "application/json");
	if (p->plan.key) {
		signature_make(p->plan.key, &text, p->signature);
		headers[n++] = header("lagesbild-backfill", "1");
		headers[n++] = header("lagesbild-signature", p->signature);
	}
	return n;
}

static int hand_over(struct publish *p, const struct kafka_record *record, struct err *err)
{
	int rc;

	while ((rc = kafka_produce(p->producer, p->topic, record, err)) == 1)
		if (kafka_producer_poll(p->producer, 10, err))
			return -1;
		else if (run_stopping())
			return err_set(err, ERR_RETRY, "Asked to stop.");
	if (rc)
		return -1;
	p->sent++;
	return p->sent % POLL_EVERY ? 0 : kafka_producer_poll(p->producer, 0, err);
}

static int keep_rate(struct publish *p, struct err *err)
{
	int64_t due, now;

	if (!p->plan.rate)
		return 0;
	due = p->started_ms + (int64_t)(p->sent * 1000 / (uint64_t)p->plan.rate);
	while ((now = run_monotonic_ms()) < due && !run_stopping())
		if (kafka_producer_poll(p->producer, due - now > 50 ? 50 : (int)(due - now), err))
			return -1;
	return 0;
}

int publish_event(struct publish *publish, const struct archive_event *event, int64_t shift, struct err *err)
{
	struct kafka_record_header headers[HEADERS_MAX];
	struct kafka_record record = {
		.partition = -1, .value = event->value, .value_len = event->value_len, .headers = headers};
	size_t len;

	if (shift && event->number < 0)
		return err_message(err, REASON_BAD_VALUE, "event.id is no number, so it cannot be shifted");
	if (shift) {
		record.value_len = shift_id(publish, event, shift);
		record.value = publish->value;
		len = (size_t)snprintf(publish->key, sizeof publish->key, "%" PRId64, event->number + shift);
	} else {
		len = event->id_len;
		memcpy(publish->key, event->id, len);
		publish->key[len] = '\0';
	}
	if (!publish->plan.no_key) {
		record.key = publish->key;
		record.key_len = len;
	}
	snprintf(publish->id, sizeof publish->id, "%s:%" PRId64, publish->key, event->observed_at);
	say_time(publish, event->observed_at);
	record.header_count = make_headers(publish, &record, headers);
	return keep_rate(publish, err) || hand_over(publish, &record, err) ? -1 : 0;
}

int publish_finish(struct publish *publish, struct err *err)
{
	int rc;

	/* A broker that is away is waited for, as long as nobody asks us to stop. */
	do {
		rc = kafka_producer_flush(publish->producer, 1000, err);
	} while (rc && err->kind == ERR_RETRY && !run_stopping());
	return rc;
}
