#include "kafka/kafka_reader.h"
#include "base/run.h"
#include "kafka/kafka_private.h"
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#define ANSWER_MS 10000
#define SILENCE_MS 30000
#define READ_MAX 1024

struct kafka_reader {
	struct kafka_handle handle; /* first: it is the opaque */
	rd_kafka_topic_t *topic;
	int32_t partition; /* -1: none is being read */
	int64_t from, to, next;
	int64_t silent_ms; /* waited for since something came last */
	rd_kafka_message_t *fetched[READ_MAX];
	struct kafka_wake wake;
};

int kafka_reader_open(struct kafka_reader **reader, const char *topic, struct err *err)
{
	static const struct kafka_property none = {0, NULL, NULL};
	rd_kafka_conf_t *conf = kafka_conf_make(KAFKA_ADMIN, &none, err);
	struct kafka_reader *r;

	if (!conf)
		return -1;
	r = calloc(1, sizeof *r);
	assert(r);
	r->partition = -1;
	kafka_wake_init(&r->wake, conf);
	if (kafka_conf_start(&r->handle, KAFKA_ADMIN, conf, err)) {
		kafka_wake_release(&r->wake);
		free(r);
		return -1;
	}
	r->topic = rd_kafka_topic_new(r->handle.rk, topic, NULL);
	if (!r->topic) {
		kafka_reader_close(r);
		return err_set(err, ERR_CONFIG, "%s cannot be a topic's name.", topic);
	}
	*reader = r;
	return 0;
}

static void stop(struct kafka_reader *r)
{
	if (r->partition >= 0)
		rd_kafka_consume_stop(r->topic, r->partition);
	r->partition = -1;
}

void kafka_reader_close(struct kafka_reader *reader)
{
	if (!reader)
		return;
	stop(reader);
	if (reader->topic)
		rd_kafka_topic_destroy(reader->topic);
	rd_kafka_destroy(reader->handle.rk);
	kafka_wake_release(&reader->wake);
	free(reader);
}

static int unanswered(struct kafka_reader *r, rd_kafka_resp_err_t code, struct err *err)
{
	enum err_kind kind = kafka_conf_judge(code);

	rd_kafka_poll(r->handle.rk, 0);
	if (kafka_conf_check(&r->handle, err))
		return -1;
	if (code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
	    code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
		return err_set(err, ERR_CONFIG, "There is no topic %s with that partition.",
			       rd_kafka_topic_name(r->topic));
	return err_set(err, kind == ERR_NONE ? ERR_SERVER : kind, "Kafka does not answer about %s: %s.",
		       rd_kafka_topic_name(r->topic), rd_kafka_err2str(code));
}

int kafka_reader_start(struct kafka_reader *r, int32_t partition, int64_t from, int64_t to, struct err *err)
{
	const char *name = rd_kafka_topic_name(r->topic);
	rd_kafka_resp_err_t code;
	int64_t low, high;

	stop(r);
	code = rd_kafka_query_watermark_offsets(r->handle.rk, name, partition, &low, &high, ANSWER_MS);
	if (code)
		return unanswered(r, code, err);
	r->from = r->next = from == KAFKA_BEGINNING ? low : from;
	r->to = to == INT64_MAX ? high : to;
	if (r->from < low)
		return err_set(err, ERR_DATA_LOSS,
			       "Partition %d of %s begins at offset %" PRId64 ": what lay from %" PRId64 " on is gone.",
			       partition, name, low, r->from);
	if (r->to > high)
		return err_set(err, ERR_CONFIG, "Partition %d of %s ends at offset %" PRId64 ", before %" PRId64 ".",
			       partition, name, high, r->to);
	if (r->next >= r->to)
		return 0;
	if (rd_kafka_consume_start(r->topic, partition, r->next))
		return unanswered(r, rd_kafka_last_error(), err);
	r->partition = partition;
	r->silent_ms = 0;
	return 0;
}

int64_t kafka_reader_from(const struct kafka_reader *r)
{
	return r->from;
}

int64_t kafka_reader_to(const struct kafka_reader *r)
{
	return r->to;
}

bool kafka_reader_done(const struct kafka_reader *r)
{
	return r->next >= r->to;
}

static int refuse(struct kafka_reader *r, const rd_kafka_message_t *m, struct err *err)
{
	switch ((int)m->err) {
	case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
	case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
	case RD_KAFKA_RESP_ERR__BAD_MSG:
	case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
		return err_set(err, ERR_DATA_LOSS, "Partition %d of %s cannot be read from offset %" PRId64 " on: %s.",
			       r->partition, rd_kafka_topic_name(r->topic), r->next, rd_kafka_message_errstr(m));
	default:
		return kafka_conf_judge(m->err) == ERR_NONE ? 0 : unanswered(r, m->err, err);
	}
}

/* 1: the message is to be handed out; 0: it is none; -1. */
static int take(struct kafka_reader *r, rd_kafka_message_t *m, struct kafka_message *out, struct err *err)
{
	rd_kafka_timestamp_type_t type;

	if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
		r->next = m->offset > r->next ? m->offset : r->next; /* only transaction markers were left */
		return 0;
	}
	if (m->err)
		return refuse(r, m, err);
	r->next = m->offset + 1;
	if (m->offset >= r->to)
		return 0;
	*out = (struct kafka_message){.value = m->payload,
				      .value_len = m->len,
				      .key = m->key,
				      .key_len = m->key_len,
				      .partition = m->partition,
				      .offset = m->offset,
				      .append_ms = rd_kafka_message_timestamp(m, &type),
				      .handle = m};
	return 1;
}

/* What has been fetched already, or else the next that comes: how many, in r->fetched. */
static size_t fetched(struct kafka_reader *r, size_t max, int timeout_ms)
{
	ssize_t got = rd_kafka_consume_batch(r->topic, r->partition, 0, r->fetched, max < READ_MAX ? max : READ_MAX);
	int64_t since;

	if (got > 0)
		return (size_t)got;
	rd_kafka_poll(r->handle.rk, 0);
	if (timeout_ms == 0)
		return 0;
	since = run_monotonic_ms();
	r->fetched[0] = rd_kafka_consume(r->topic, r->partition, timeout_ms);
	r->silent_ms += run_monotonic_ms() - since;
	return r->fetched[0] ? 1 : 0;
}

int kafka_reader_batch(struct kafka_reader *r, struct kafka_message *messages, size_t max, int timeout_ms,
		       struct err *err)
{
	size_t n = 0, got = 1;
	int taken = 0;

	while (n < max && taken >= 0 && got > 0 && !kafka_reader_done(r)) {
		got = fetched(r, max - n, n ? 0 : timeout_ms);
		for (size_t i = 0; i < got; i++) {
			if (taken >= 0)
				taken = take(r, r->fetched[i], &messages[n], err);
			if (taken != 1)
				rd_kafka_message_destroy(r->fetched[i]);
			n += taken == 1;
		}
		if (got)
			r->silent_ms = 0;
	}
	if (taken >= 0 && kafka_conf_check(&r->handle, err))
		taken = -1;
	if (taken >= 0 && !kafka_reader_done(r) && r->silent_ms > SILENCE_MS)
		taken = err_set(err, ERR_SERVER, "Kafka has not answered for %d s.", SILENCE_MS / 1000);
	if (n == max)
		kafka_wake(&r->wake, r->handle.rk);
	if (taken >= 0)
		return (int)n;
	kafka_consumer_release(messages, n);
	return -1;
}

int kafka_reader_at(struct kafka_reader *r, int32_t partition, int64_t time_ms, int64_t *offset, struct err *err)
{
	const char *name = rd_kafka_topic_name(r->topic);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_resp_err_t code;
	int64_t low, found = -1;

	rd_kafka_topic_partition_list_add(list, name, partition)->offset = time_ms;
	code = rd_kafka_offsets_for_times(r->handle.rk, list, ANSWER_MS);
	if (!code)
		code = list->elems[0].err;
	found = list->elems[0].offset;
	rd_kafka_topic_partition_list_destroy(list);
	if (!code && found < 0)
		code = rd_kafka_query_watermark_offsets(r->handle.rk, name, partition, &low, &found, ANSWER_MS);
	if (code)
		return unanswered(r, code, err);
	*offset = found;
	return 0;
}
