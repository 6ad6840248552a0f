#include "kafka/kafka_writer.h"
#include "base/run.h"
#include "kafka/kafka_private.h"
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SILENCE_MS 30000
#define SETTLE_MS 10000
#define CONFIG_MAX 32

/* While it is written: the records' own times, nothing thrown away because it is old, and whatever size a record has
 * when it is compressed otherwise than it was. */
static const char *const meanwhile[] = {
	"message.timestamp.type", "CreateTime", "retention.ms", "-1", "retention.bytes", "-1",
	"max.message.bytes",	  "100000000",	NULL,
};
#define MEANWHILE (sizeof meanwhile / sizeof *meanwhile - 1)

struct written {
	int64_t first, next, delivered; /* the log's begin, the next offset to hand over, and to be acknowledged */
	int64_t time_ms;		/* of the last record */
};

struct kafka_writer {
	struct kafka_topic topic; /* its config is the caller's */
	char *name;
	struct kafka_admin *admin;
	struct kafka_producer *producer;
	int index;
	struct written *partitions;
	struct kafka_record hole;
	bool holes;
	struct err wrong; /* an offset other than the one asked for */
	int64_t heard_ms;
};

/* ---- the topic ---- */

static const char *config_of(const char *const *config, const char *name)
{
	for (; config && config[0]; config += 2)
		if (!strcmp(config[0], name))
			return config[1];
	return NULL;
}

/* The configuration wanted, with what is otherwise meanwhile; out holds CONFIG_MAX names and values. */
static int config_meanwhile(const struct kafka_topic *topic, const char **out, struct err *err)
{
	const char *const *c;
	size_t n = 0;

	for (c = topic->config; c && c[0]; c += 2) {
		if (n + 2 + MEANWHILE >= CONFIG_MAX)
			return err_set(err, ERR_CONFIG, "The topic %s has too many settings.", topic->name);
		if (config_of(meanwhile, c[0]))
			continue;
		out[n++] = c[0];
		out[n++] = c[1];
	}
	for (size_t i = 0; i < MEANWHILE; i++)
		out[n++] = meanwhile[i];
	out[n] = NULL;
	return 0;
}

static int is_empty(struct kafka_writer *w, struct err *err)
{
	int64_t low, high;

	for (int p = 0; p < w->topic.partitions; p++) {
		if (kafka_admin_watermarks(w->admin, w->name, p, &low, &high, err))
			return -1;
		if (high > 0)
			return err_set(err, ERR_CONFIG, "The topic %s holds records, or has held some.", w->name);
	}
	return 0;
}

/* Give the topic those settings, and wait until the broker says that it has them, which takes it a moment. */
static int configure(struct kafka_writer *w, const struct kafka_topic *topic, struct err *err)
{
	int64_t until_ms = run_monotonic_ms() + SETTLE_MS;
	struct err why = {0};

	if (kafka_admin_configure(w->admin, topic, err))
		return -1;
	while (kafka_admin_ensure(w->admin, topic, false, &why)) {
		if (why.kind != ERR_CONFIG || run_monotonic_ms() > until_ms) {
			*err = why;
			return -1;
		}
		run_pause(20);
	}
	return 0;
}

static int make_ready(struct kafka_writer *w, struct err *err)
{
	const char *config[CONFIG_MAX + 1];
	struct kafka_topic bare = w->topic, made = w->topic;

	bare.config = NULL;
	made.config = config;
	if (config_meanwhile(&w->topic, config, err))
		return -1;
	switch (kafka_admin_ensure(w->admin, &made, true, err)) {
	case 1:
		return 0;
	case 0:
		return is_empty(w, err);
	default:
		break;
	}
	/* It is there, and otherwise configured: as setup makes it. */
	if (err->kind != ERR_CONFIG || kafka_admin_ensure(w->admin, &bare, false, err) || is_empty(w, err))
		return -1;
	return configure(w, &made, err);
}

/* ---- records ---- */

static void on_delivered(void *ctx, uint64_t tag, int32_t partition, int64_t offset)
{
	struct kafka_writer *w = ctx;

	w->heard_ms = run_monotonic_ms();
	w->partitions[partition].delivered = offset + 1;
	if ((int64_t)tag != offset && w->wrong.kind == ERR_NONE)
		(void)!err_set(&w->wrong, ERR_DATA_LOSS,
			       "A record for offset %" PRId64 " of partition %d of %s came to offset %" PRId64
			       ": something else writes to it.",
			       (int64_t)tag, partition, w->name, offset);
}

static int copy_hole(struct kafka_writer *w, const struct kafka_record *hole)
{
	struct kafka_record_header *headers = calloc(hole->header_count + 1, sizeof *headers);

	assert(headers);
	for (size_t i = 0; i < hole->header_count; i++) {
		const struct kafka_record_header *h = &hole->headers[i];
		char *value = malloc(h->len + 1);

		assert(value);
		if (h->len)
			memcpy(value, h->value, h->len);
		headers[i] = (struct kafka_record_header){strdup(h->name), value, h->len};
	}
	w->hole = (struct kafka_record){.headers = headers, .header_count = hole->header_count};
	w->holes = true;
	return 0;
}

int kafka_writer_open(struct kafka_writer **writer, const struct kafka_topic *topic, const struct kafka_record *hole,
		      struct err *err)
{
	struct kafka_writer *w = calloc(1, sizeof *w);

	assert(w);
	w->topic = *topic;
	w->topic.name = w->name = strdup(topic->name);
	w->partitions = calloc((size_t)topic->partitions, sizeof *w->partitions);
	assert(w->name && w->partitions);
	if (hole)
		copy_hole(w, hole);
	w->heard_ms = run_monotonic_ms();
	if (kafka_admin_open(&w->admin, err) || make_ready(w, err) ||
	    kafka_producer_open_large(&w->producer, on_delivered, w, err)) {
		kafka_writer_close(w);
		return -1;
	}
	w->index = kafka_producer_topic(w->producer, w->name, err);
	if (w->index < 0) {
		kafka_writer_close(w);
		return -1;
	}
	*writer = w;
	return 0;
}

static int check(struct kafka_writer *w, struct err *err)
{
	if (w->wrong.kind != ERR_NONE) {
		*err = w->wrong;
		return -1;
	}
	if (kafka_producer_waiting(w->producer) > 0 && run_monotonic_ms() - w->heard_ms > SILENCE_MS)
		return err_set(err, ERR_SERVER, "Kafka has acknowledged nothing for %d s.", SILENCE_MS / 1000);
	return 0;
}

static int hand_over(struct kafka_writer *w, struct kafka_record *record, struct err *err)
{
	struct written *p = &w->partitions[record->partition];
	int rc;

	record->tag = (uint64_t)p->next;
	if (kafka_producer_waiting(w->producer) == 0)
		w->heard_ms = run_monotonic_ms();
	while ((rc = kafka_produce(w->producer, w->index, record, err)) == 1)
		if (kafka_producer_poll(w->producer, 5, err) || check(w, err))
			return -1;
	if (rc)
		return -1;
	p->next++;
	if (p->next % 256)
		return 0;
	return kafka_producer_poll(w->producer, 0, err) ? -1 : check(w, err);
}

static int known(const struct kafka_writer *w, int32_t partition, struct err *err)
{
	if (partition >= 0 && partition < w->topic.partitions)
		return 0;
	return err_set(err, ERR_CONFIG, "The topic %s has no partition %d.", w->name, partition);
}

int kafka_writer_begin(struct kafka_writer *w, int32_t partition, int64_t first, struct err *err)
{
	struct kafka_record filler = {.partition = partition, .create_ms = 1};

	if (known(w, partition, err))
		return -1;
	assert(w->partitions[partition].next == 0);
	w->partitions[partition].first = first;
	/* The time of a filler must not lie after that of a record, or a search by time finds the wrong one. */
	while (w->partitions[partition].next < first)
		if (hand_over(w, &filler, err))
			return -1;
	return 0;
}

int kafka_writer_fill(struct kafka_writer *w, int32_t partition, int64_t end, struct err *err)
{
	struct kafka_record hole = w->hole;

	if (known(w, partition, err))
		return -1;
	if (w->partitions[partition].next < end && !w->holes)
		return err_set(err, ERR_CONFIG, "Partition %d of %s has no record at offset %" PRId64 ".", partition,
			       w->name, w->partitions[partition].next);
	hole.partition = partition;
	hole.create_ms = w->partitions[partition].time_ms > 0 ? w->partitions[partition].time_ms : 1;
	while (w->partitions[partition].next < end)
		if (hand_over(w, &hole, err))
			return -1;
	return 0;
}

int kafka_writer_put(struct kafka_writer *w, const struct kafka_record *record, int64_t offset, struct err *err)
{
	struct kafka_record r = *record;

	if (kafka_writer_fill(w, record->partition, offset, err))
		return -1;
	if (w->partitions[record->partition].next != offset)
		return err_set(err, ERR_CONFIG, "Partition %d of %s is written beyond offset %" PRId64 " already.",
			       record->partition, w->name, offset);
	/* 0 would be the time of now. */
	r.create_ms = record->create_ms > 0 ? record->create_ms : 1;
	w->partitions[record->partition].time_ms = r.create_ms;
	return hand_over(w, &r, err);
}

static int flush(struct kafka_writer *w, struct err *err)
{
	w->heard_ms = run_monotonic_ms();
	while (kafka_producer_waiting(w->producer) > 0)
		if (kafka_producer_poll(w->producer, 50, err) || check(w, err))
			return -1;
	return kafka_producer_poll(w->producer, 0, err) ? -1 : check(w, err);
}

int kafka_writer_finish(struct kafka_writer *w, struct err *err)
{
	int64_t low, high;

	if (flush(w, err))
		return -1;
	for (int32_t p = 0; p < w->topic.partitions; p++) {
		const struct written *x = &w->partitions[p];

		if (x->first > 0 && kafka_admin_delete_before(w->admin, w->name, p, x->first, err))
			return -1;
		if (kafka_admin_watermarks(w->admin, w->name, p, &low, &high, err))
			return -1;
		if (low != x->first || high != x->next)
			return err_set(err, ERR_DATA_LOSS,
				       "Partition %d of %s goes from %" PRId64 " to %" PRId64 ", not from %" PRId64
				       " to %" PRId64 " as it was written.",
				       p, w->name, low, high, x->first, x->next);
	}
	return configure(w, &w->topic, err);
}

void kafka_writer_close(struct kafka_writer *w)
{
	if (!w)
		return;
	kafka_producer_close(w->producer);
	kafka_admin_close(w->admin);
	for (size_t i = 0; i < w->hole.header_count; i++) {
		free((void *)(uintptr_t)w->hole.headers[i].name);
		free((void *)(uintptr_t)w->hole.headers[i].value);
	}
	free((void *)(uintptr_t)w->hole.headers);
	free(w->partitions);
	free(w->name);
	free(w);
}
