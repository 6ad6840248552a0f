#include "kafka/kafka_private.h"
#include "base/run.h"
#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CLOSE_S 15

bool kafka_consumer_owns(const struct kafka_consumer *consumer, int32_t partition)
{
	return partition >= 0 && partition < consumer->slot_count && consumer->slots[partition].owned;
}

uint64_t kafka_consumer_dropped(const struct kafka_consumer *consumer)
{
	return consumer->dropped;
}

const char *kafka_consumer_trouble(const struct kafka_consumer *consumer)
{
	bool owns = false;

	for (int32_t p = 0; p < consumer->slot_count && !owns; p++)
		owns = consumer->slots[p].owned;
	return consumer->cut_off ? "no Kafka broker answers" : owns ? NULL : "no partition is assigned";
}

int64_t kafka_consumer_lag(const struct kafka_consumer *consumer, int32_t partition)
{
	int64_t low, high, last;

	if (!kafka_consumer_owns(consumer, partition) ||
	    rd_kafka_get_watermark_offsets(consumer->handle.rk, consumer->topic, partition, &low, &high) || high < 0)
		return -1;
	last = consumer->slots[partition].last;
	if (last < low - 1) /* reading has not begun, or what lay between is gone */
		last = low - 1;
	return high > last ? high - last - 1 : 0;
}

/* The library keeps broken connections to itself; only its statistics say whether any broker is connected. They are
 * JSON, of which one fact is wanted: no state of another kind is written in capitals. */
static int on_statistics(rd_kafka_t *rk, char *json, size_t len, void *opaque)
{
	static const char up[] = "\"state\":\"UP\"";
	struct kafka_consumer *c = opaque;

	(void)rk;
	c->cut_off = !memmem(json, len, up, sizeof up - 1);
	return 0; /* the library frees it */
}

/* A lost asynchronous commit does no harm (the next one covers it), unless it says that we are out
 * of the group for good. */
static void on_commit(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list, void *opaque)
{
	struct kafka_consumer *c = opaque;

	(void)rk;
	(void)list;
	kafka_conf_fail(&c->handle, kafka_conf_judge(code), "Kafka refuses the commit", rd_kafka_err2str(code));
}

/* ---- open and close ---- */

static char *keep(const char *text)
{
	char *copy = strdup(text);

	assert(copy);
	return copy;
}

static void release(struct kafka_consumer *c)
{
	if (c->handle.rk)
		rd_kafka_destroy(c->handle.rk);
	free(c->name);
	free(c->topic);
	kafka_wake_release(&c->wake);
	free(c->slots);
	free(c->batch);
	free(c);
}

static int subscribe(struct kafka_consumer *c, struct err *err)
{
	rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
	rd_kafka_resp_err_t code;

	rd_kafka_poll_set_consumer(c->handle.rk);
	rd_kafka_topic_partition_list_add(topics, c->topic, RD_KAFKA_PARTITION_UA);
	code = rd_kafka_subscribe(c->handle.rk, topics);
	rd_kafka_topic_partition_list_destroy(topics);
	if (code)
		return err_set(err, ERR_CONFIG, "The topic %s cannot be read: %s.", c->topic, rd_kafka_err2str(code));
	c->queue = rd_kafka_queue_get_consumer(c->handle.rk);
	return 0;
}

int kafka_consumer_open(struct kafka_consumer **consumer, const struct kafka_group *group, struct err *err)
{
	struct kafka_property own[] = {
		{KAFKA_CONSUMER, "group.id", group->group},
		{KAFKA_CONSUMER, "group.instance.id", group->instance},
		{0, NULL, NULL},
	};
	rd_kafka_conf_t *conf = kafka_conf_make(KAFKA_CONSUMER, own, err);
	struct kafka_consumer *c;

	if (!conf)
		return -1;
	c = calloc(1, sizeof *c);
	assert(c);
	c->group = *group;
	c->name = keep(group->group);
	c->group.group = c->name;
	c->topic = keep(group->topic);
	kafka_wake_init(&c->wake, conf);
	rd_kafka_conf_set_rebalance_cb(conf, kafka_assign_rebalance);
	rd_kafka_conf_set_offset_commit_cb(conf, on_commit);
	rd_kafka_conf_set_stats_cb(conf, on_statistics);
	if (kafka_conf_start(&c->handle, KAFKA_CONSUMER, conf, err) || subscribe(c, err)) {
		release(c);
		return -1;
	}
	kafka_watch_begin(c);
	*consumer = c;
	return 0;
}

struct watchdog {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool done;
};

static void *watch(void *arg)
{
	static const char text[] = "Kafka's client hangs while leaving the group; the process ends itself.\n";
	struct watchdog *w = arg;
	struct timespec end;
	int rc = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += CLOSE_S;
	pthread_mutex_lock(&w->lock);
	while (!w->done && !rc)
		rc = pthread_cond_timedwait(&w->wake, &w->lock, &end);
	if (!w->done) {
		if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
			_exit(1);
		_exit(1);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void leave(struct kafka_consumer *c)
{
	c->closing = true;
	kafka_watch_close(c);
	rd_kafka_queue_destroy(c->queue); /* before the close, as the library demands */
	rd_kafka_consumer_close(c->handle.rk);
	/* After a fatal error the library leaves without a word. */
	kafka_assign_let_go(c, NULL, true);
	release(c);
}

void kafka_consumer_close(struct kafka_consumer *consumer)
{
	struct watchdog w = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER, .done = false};

	if (!consumer)
		return;
	if (pthread_create(&w.thread, NULL, watch, &w)) {
		leave(consumer);
		return;
	}
	leave(consumer);
	pthread_mutex_lock(&w.lock);
	w.done = true;
	pthread_cond_signal(&w.wake);
	pthread_mutex_unlock(&w.lock);
	pthread_join(w.thread, NULL);
}

/* ---- reading ---- */

static void read_error(struct kafka_consumer *c, const rd_kafka_message_t *m)
{
	char what[256];
	enum err_kind kind = kafka_conf_judge(m->err);

	switch ((int)m->err) {
	case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
	case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
		/* We always say where to start, so this can only mean that the log lost what it
		 * had. */
		snprintf(what, sizeof what,
			 "Partition %d of %s no longer has the offset to read next: messages are "
			 "lost",
			 m->partition, c->topic);
		kind = ERR_DATA_LOSS;
		break;
	case RD_KAFKA_RESP_ERR__BAD_MSG:
	case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
		/* The library would go on behind it. */
		snprintf(what, sizeof what, "Partition %d of %s is damaged at offset %" PRId64, m->partition, c->topic,
			 m->offset);
		kind = ERR_DATA_LOSS;
		break;
	case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
	case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
		snprintf(what, sizeof what, "There is no topic %s", c->topic);
		/* At start it is misspelt; later it may be a hiccup, which a new start tells apart.
		 */
		kind = c->joined ? ERR_REJOIN : ERR_CONFIG;
		break;
	default:
		snprintf(what, sizeof what, "Kafka refuses to let %s be read", c->topic);
	}
	kafka_conf_fail(&c->handle, kind, what, rd_kafka_message_errstr(m));
}

/* True when the message is to be handed out. */
static bool take(struct kafka_consumer *c, rd_kafka_message_t *m, struct kafka_message *out)
{
	struct kafka_slot *s;
	rd_kafka_timestamp_type_t type;

	if (m->err) {
		read_error(c, m);
		return false;
	}
	if (!kafka_consumer_owns(c, m->partition))
		return false;
	s = &c->slots[m->partition];
	if (m->offset <= s->last) {
		c->dropped++;
		return false;
	}
	s->last = m->offset;
	out->value = m->payload;
	out->value_len = m->len;
	out->key = m->key;
	out->key_len = m->key_len;
	out->partition = m->partition;
	out->offset = m->offset;
	out->append_ms = rd_kafka_message_timestamp(m, &type);
	if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE)
		out->append_ms = -1;
	out->handle = m;
	return true;
}

static void reserve(struct kafka_consumer *c, size_t max)
{
	if (max <= c->batch_max)
		return;
	free(c->batch);
	c->batch = calloc(max, sizeof(rd_kafka_message_t *));
	assert(c->batch);
	c->batch_max = max;
}

/* One by one, not by rd_kafka_consume_batch_queue: that call of 2.0.2 loses messages. It advances the
 * library's position with each message that it takes from its queue; when a rebalance then pauses
 * and resumes the partition, the messages already in the batch are discarded as outdated, and
 * reading goes on behind them. What a single call has returned is never discarded. */
static ssize_t fetch(struct kafka_consumer *c, size_t max, int timeout_ms)
{
	int64_t end = run_monotonic_ms() + timeout_ms, left = 0;
	rd_kafka_message_t *m;
	size_t n = 0;

	while (n < max) {
		m = rd_kafka_consume_queue(c->queue, (int)left);
		if (m) {
			c->batch[n++] = m;
			left = 0;
			continue;
		}
		left = end - run_monotonic_ms();
		if (left <= 0)
			break;
	}
	return (ssize_t)n;
}

int kafka_consumer_batch(struct kafka_consumer *consumer, struct kafka_message *messages, size_t max, int timeout_ms,
			 struct err *err)
{
	ssize_t got, i;
	size_t n = 0;

	if (kafka_conf_check(&consumer->handle, err))
		return -1;
	reserve(consumer, max);
	got = fetch(consumer, max, timeout_ms);
	/* Only now is it known what is still ours: a partition may have gone after its messages
	 * were taken. */
	for (i = 0; i < got; i++) {
		if (take(consumer, consumer->batch[i], &messages[n]))
			n++;
		else
			rd_kafka_message_destroy(consumer->batch[i]);
	}
	kafka_assign_pending(consumer);
	kafka_watch_turn(consumer);
	if (kafka_conf_check(&consumer->handle, err)) {
		kafka_consumer_release(messages, n);
		return -1;
	}
	if (n == max)
		kafka_wake(&consumer->wake, consumer->handle.rk);
	return (int)n;
}

void kafka_consumer_release(struct kafka_message *messages, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		rd_kafka_message_destroy(messages[i].handle);
		messages[i].handle = NULL;
	}
}

/* ---- commit ---- */

int kafka_consumer_commit(struct kafka_consumer *consumer, const struct kafka_commit *list, size_t count, bool wait,
			  struct err *err)
{
	rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new((int)count);
	rd_kafka_topic_partition_t *p;
	rd_kafka_resp_err_t code;
	size_t i;

	for (i = 0; i < count; i++) {
		p = rd_kafka_topic_partition_list_add(offsets, consumer->topic, list[i].partition);
		p->offset = list[i].next;
		p->metadata_size = strnlen(list[i].metadata, sizeof list[i].metadata);
		p->metadata = malloc(p->metadata_size + 1); /* the list frees it */
		assert(p->metadata);
		memcpy(p->metadata, list[i].metadata, p->metadata_size);
		((char *)p->metadata)[p->metadata_size] = '\0';
	}
	code = rd_kafka_commit(consumer->handle.rk, offsets, !wait);
	rd_kafka_topic_partition_list_destroy(offsets);
	if (!code || code == RD_KAFKA_RESP_ERR__NO_OFFSET)
		return 0;
	kafka_conf_fail(&consumer->handle, kafka_conf_judge(code), "Kafka refuses the commit", rd_kafka_err2str(code));
	if (kafka_conf_check(&consumer->handle, err))
		return -1;
	/* A rebalance is under way, or the coordinator is: the library sees to it. */
	return err_set(err, ERR_RETRY, "The commit to group %s did not succeed: %s.", consumer->group.group,
		       rd_kafka_err2str(code));
}
