#include "kafka/kafka_private.h"
#include "base/run.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* An unacknowledged record must not be passed over by the ones behind it, so any failed delivery
 * fails the producer for good. */
static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
	struct kafka_producer *p = opaque;
	enum err_kind kind;

	(void)rk;
	p->unacknowledged--;
	if (p->closing)
		return;
	if (m->err) {
		kind = kafka_conf_judge(m->err);
		if (m->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || m->err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
		    m->err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
			kind = ERR_CONFIG;
		kafka_conf_fail(&p->handle, kind == ERR_NONE ? ERR_REJOIN : kind, rd_kafka_topic_name(m->rkt),
				rd_kafka_err2str(m->err));
		return;
	}
	/* After a failure the acknowledged prefix has ended: what comes later is not told. */
	if (p->handle.failed.kind != ERR_NONE)
		return;
	run_point("acknowledged");
	if (p->delivered)
		p->delivered(p->ctx, (uint64_t)(uintptr_t)m->_private, m->partition, m->offset);
}

static int64_t linger_of(const rd_kafka_conf_t *conf)
{
	char value[64] = "";
	size_t size = sizeof value;
	int64_t ms =
		rd_kafka_conf_get(conf, "linger.ms", value, &size) == RD_KAFKA_CONF_OK ? strtoll(value, NULL, 10) : 0;

	return ms > 0 ? ms : 1;
}

static int open_conf(struct kafka_producer **producer, rd_kafka_conf_t *conf,
		     void (*delivered)(void *ctx, uint64_t tag, int32_t partition, int64_t offset), void *ctx,
		     struct err *err)
{
	struct kafka_producer *p;

	if (!conf)
		return -1;
	p = calloc(1, sizeof *p);
	assert(p);
	p->delivered = delivered;
	p->ctx = ctx;
	p->phase_ms = linger_of(conf);
	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	if (kafka_conf_start(&p->handle, KAFKA_PRODUCER, conf, err)) {
		free(p);
		return -1;
	}
	*producer = p;
	return 0;
}

int kafka_producer_open(struct kafka_producer **producer,
			void (*delivered)(void *ctx, uint64_t tag, int32_t partition, int64_t offset), void *ctx,
			struct err *err)
{
	static const struct kafka_property none = {0, NULL, NULL};

	return open_conf(producer, kafka_conf_make(KAFKA_PRODUCER, &none, err), delivered, ctx, err);
}

int kafka_producer_open_large(struct kafka_producer **producer,
			      void (*delivered)(void *ctx, uint64_t tag, int32_t partition, int64_t offset), void *ctx,
			      struct err *err)
{
	static const struct kafka_property none = {0, NULL, NULL};
	rd_kafka_conf_t *conf = kafka_conf_make(KAFKA_PRODUCER, &none, err);

	/* Whatever the environment says of a service's own records. */
	if (conf && rd_kafka_conf_set(conf, "message.max.bytes", "100000000", NULL, 0) != RD_KAFKA_CONF_OK) {
		rd_kafka_conf_destroy(conf);
		return err_set(err, ERR_CONFIG, "Kafka's client takes no large records.");
	}
	return open_conf(producer, conf, delivered, ctx, err);
}

int kafka_producer_topic(struct kafka_producer *producer, const char *name, struct err *err)
{
	rd_kafka_topic_t *topic, **topics;
	size_t i;

	for (i = 0; i < producer->topic_count; i++)
		if (!strcmp(rd_kafka_topic_name(producer->topics[i]), name))
			return (int)i;
	topics = realloc(producer->topics, (producer->topic_count + 1) * sizeof *topics);
	assert(topics);
	producer->topics = topics;
	topic = rd_kafka_topic_new(producer->handle.rk, name, NULL);
	if (!topic)
		return err_set(err, ERR_CONFIG, "The topic %s cannot be used: %s.", name,
			       rd_kafka_err2str(rd_kafka_last_error()));
	topics[producer->topic_count] = topic;
	return (int)producer->topic_count++;
}

int kafka_producer_poll(struct kafka_producer *producer, int timeout_ms, struct err *err)
{
	rd_kafka_poll(producer->handle.rk, timeout_ms);
	return kafka_conf_check(&producer->handle, err);
}

int64_t kafka_producer_waiting(const struct kafka_producer *producer)
{
	return rd_kafka_outq_len(producer->handle.rk);
}

int kafka_producer_flush(struct kafka_producer *producer, int timeout_ms, struct err *err)
{
	int64_t end = run_monotonic_ms() + timeout_ms;
	int64_t left;

	/* In slices, so that a failure is told at once and not when the time is up. */
	for (;;) {
		left = end - run_monotonic_ms();
		if (!rd_kafka_flush(producer->handle.rk, left < 0 ? 0 : left > 100 ? 100 : (int)left))
			return kafka_conf_check(&producer->handle, err);
		if (kafka_conf_check(&producer->handle, err))
			return -1;
		if (left <= 0)
			return err_set(err, ERR_RETRY, "Kafka has not acknowledged %d records within %d ms.",
				       rd_kafka_outq_len(producer->handle.rk), timeout_ms);
	}
}

void kafka_producer_close(struct kafka_producer *producer)
{
	size_t i;

	if (!producer)
		return;
	producer->closing = true;
	rd_kafka_purge(producer->handle.rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	/* The purged records' reports must be served, or their memory stays. */
	rd_kafka_flush(producer->handle.rk, 1000);
	for (i = 0; i < producer->topic_count; i++)
		rd_kafka_topic_destroy(producer->topics[i]);
	rd_kafka_destroy(producer->handle.rk);
	free(producer->topics);
	free(producer);
}
