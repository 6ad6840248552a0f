#include "kafka/kafka_private.h"
#include "base/run.h"
#include <string.h>

bool kafka_header(const struct kafka_message *m, const char *name, const char **value, size_t *len)
{
	rd_kafka_headers_t *headers;
	const void *bytes;

	if (rd_kafka_message_headers(m->handle, &headers) || rd_kafka_header_get_last(headers, name, &bytes, len))
		return false;
	*value = bytes;
	return true;
}

void kafka_headers(const struct kafka_message *m,
		   void (*each)(void *ctx, const char *name, const void *value, size_t len), void *ctx)
{
	rd_kafka_headers_t *headers;
	const char *name;
	const void *value;
	size_t i, len;

	if (rd_kafka_message_headers(m->handle, &headers))
		return;
	for (i = 0; !rd_kafka_header_get_all(headers, i, &name, &value, &len); i++)
		each(ctx, name, value, len);
}

/* Copies of the headers as the library wants them. */
static rd_kafka_headers_t *copy_headers(const struct kafka_record *record)
{
	rd_kafka_headers_t *headers = rd_kafka_headers_new(record->header_count);
	const struct kafka_record_header *h;
	size_t i;

	for (i = 0; i < record->header_count; i++) {
		h = &record->headers[i];
		/* A length of -1 would mean "measure it": ours are measured. */
		rd_kafka_header_add(headers, h->name, -1, h->value, (ssize_t)h->len);
	}
	return headers;
}

static rd_kafka_resp_err_t produce_with_headers(struct kafka_producer *p, rd_kafka_topic_t *topic,
						const struct kafka_record *record)
{
	rd_kafka_vu_t vu[8];
	rd_kafka_headers_t *headers = copy_headers(record);
	rd_kafka_error_t *error;
	rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;

	memset(vu, 0, sizeof vu);
	vu[0].vtype = RD_KAFKA_VTYPE_RKT;
	vu[0].u.rkt = topic;
	vu[1].vtype = RD_KAFKA_VTYPE_PARTITION;
	vu[1].u.i32 = record->partition;
	vu[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
	vu[2].u.i = RD_KAFKA_MSG_F_COPY;
	vu[3].vtype = RD_KAFKA_VTYPE_KEY;
	vu[3].u.mem.ptr = (void *)(uintptr_t)record->key;
	vu[3].u.mem.size = record->key_len;
	vu[4].vtype = RD_KAFKA_VTYPE_VALUE;
	vu[4].u.mem.ptr = (void *)(uintptr_t)record->value;
	vu[4].u.mem.size = record->value_len;
	vu[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
	vu[5].u.ptr = (void *)(uintptr_t)record->tag;
	vu[6].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
	vu[6].u.i64 = record->create_ms;
	vu[7].vtype = RD_KAFKA_VTYPE_HEADERS;
	vu[7].u.headers = headers;
	error = rd_kafka_produceva(p->handle.rk, vu, sizeof vu / sizeof *vu);
	if (error) {
		code = rd_kafka_error_code(error);
		rd_kafka_error_destroy(error);
		rd_kafka_headers_destroy(headers);
	}
	return code;
}

static int produce_failed(struct kafka_producer *p, rd_kafka_topic_t *topic, const struct kafka_record *record,
			  rd_kafka_resp_err_t code, struct err *err)
{
	enum err_kind kind = kafka_conf_judge(code);

	if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
		return 1;
	if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
		return err_message(err, REASON_TOO_LARGE, "A record of %zu bytes is larger than the producer takes.",
				   record->value_len);
	if (code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
		return err_set(err, ERR_CONFIG, "The topic %s has no partition %d, or there is no such topic.",
			       rd_kafka_topic_name(topic), record->partition);
	kafka_conf_fail(&p->handle, kind == ERR_NONE ? ERR_REJOIN : kind, "A record cannot be produced",
			rd_kafka_err2str(code));
	return kafka_conf_check(&p->handle, err);
}

#define BACKLOG 64 /* records in a millisecond */

/* The idempotent producer of 2.0.2 has one request a partition in flight, and while a record behind it is older than
 * linger.ms its thread asks the socket again and again without a pause: a whole core as soon as an acknowledgement
 * takes longer than that, which makes a busy broker slower still, until nothing moves. So records are handed over for
 * linger.ms at a time (they leave in one request a partition), and the next not before all are acknowledged. Not in a
 * backlog, where so many share a request that the polling is little. */
static bool phase_over(struct kafka_producer *p)
{
	int64_t now = run_monotonic_ms();

	if (now - p->phase_began_ms < p->phase_ms)
		return false;
	if (p->phase_count < BACKLOG * p->phase_ms && p->unacknowledged > 0)
		return true;
	p->phase_began_ms = now;
	p->phase_count = 0;
	return false;
}

int kafka_produce(struct kafka_producer *producer, int topic, const struct kafka_record *record, struct err *err)
{
	rd_kafka_topic_t *handle = producer->topics[topic];
	rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;

	if (kafka_conf_check(&producer->handle, err))
		return -1;
	if (phase_over(producer))
		return 1;
	if (record->header_count || record->create_ms)
		code = produce_with_headers(producer, handle, record);
	else if (rd_kafka_produce(handle, record->partition, RD_KAFKA_MSG_F_COPY, (void *)(uintptr_t)record->value,
				  record->value_len, record->key, record->key_len, (void *)(uintptr_t)record->tag))
		code = rd_kafka_last_error();
	if (code)
		return produce_failed(producer, handle, record, code, err);
	producer->phase_count++;
	producer->unacknowledged++;
	run_point("produced");
	return 0;
}
