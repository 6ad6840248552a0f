#include "rebuild_decode.h"

#include "avro/avroread.h"
#include "incident/incident.h"
#include "kafka/kafka_reader.h"
#include "operator.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MS 200
#define BATCHES 3 /* one is folded, one waits, one is being filled */

struct rebuild_decode {
	const struct rules *rules;
	struct kafka_reader *kafka;
	struct avroread *reader;
	struct field *fields;

	/* What is to be read. */
	int32_t first, step, count;
	const int64_t *ends;

	pthread_t thread;
	bool running; /* there is a thread to join */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* Under the lock: batches that have been filled, and given back, since the start. */
	size_t filled, taken;
	bool stopping, ended, failed;
	struct err err;

	bool lent; /* main's: the batch `taken` is in its hands */
	struct rebuild_batch batches[BATCHES];
};

static void decode(struct rebuild_decode *d, const struct kafka_message *m, struct fold_record *out)
{
	struct err wrong = {0};
	struct incident in;
	bool ours = avroread_record(d->reader, m->value, m->value_len, incident_fields, incident_field_count, d->fields,
				    &wrong) == 0 &&
		    incident_decode(d->fields, &in, &wrong) == 0 && incident_check(&in, &wrong) == 0;

	out->partition = m->partition;
	out->offset = m->offset;
	out->append_ms = m->append_ms;
	fold_read(out, d->rules, ours ? &in : NULL);
}

static void empty(struct rebuild_batch *b)
{
	kafka_consumer_release(b->messages, b->count);
	b->count = 0;
}

/* An empty batch to fill, or NULL when the thread is to end. */
static struct rebuild_batch *wait_for_room(struct rebuild_decode *d)
{
	struct rebuild_batch *b;
	bool stopping;

	pthread_mutex_lock(&d->lock);
	while (d->filled - d->taken == BATCHES && !d->stopping)
		pthread_cond_wait(&d->changed, &d->lock);
	stopping = d->stopping;
	pthread_mutex_unlock(&d->lock);
	if (stopping)
		return NULL;
	b = &d->batches[d->filled % BATCHES];
	empty(b);
	b->last = false;
	return b;
}

static void hand_over(struct rebuild_decode *d)
{
	pthread_mutex_lock(&d->lock);
	d->filled++;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
}

static bool is_stopping(struct rebuild_decode *d)
{
	bool stopping;

	pthread_mutex_lock(&d->lock);
	stopping = d->stopping;
	pthread_mutex_unlock(&d->lock);
	return stopping;
}

/* To its brim, unless the partition ends before. 1: the thread is to end. What is in it counts either way. */
static int fill(struct rebuild_decode *d, struct rebuild_batch *b, struct err *err)
{
	while (b->count < REBUILD_BATCH && !kafka_reader_done(d->kafka)) {
		int got = kafka_reader_batch(d->kafka, b->messages + b->count, REBUILD_BATCH - b->count, WAIT_MS, err);

		if (got < 0)
			return -1;
		for (int i = 0; i < got; i++, b->count++)
			decode(d, &b->messages[b->count], &b->records[b->count]);
		if (is_stopping(d))
			return 1;
	}
	b->last = kafka_reader_done(d->kafka);
	return 0;
}

static int read_partition(struct rebuild_decode *d, int32_t p, struct err *err)
{
	int rc = kafka_reader_start(d->kafka, p, 0, d->ends[p], err);
	bool last = false;

	while (rc == 0 && !last) {
		struct rebuild_batch *b = wait_for_room(d);

		if (!b)
			return 1;
		rc = fill(d, b, err);
		last = b->last;
		if (rc == 0)
			hand_over(d);
	}
	return rc;
}

static void *run(void *arg)
{
	struct rebuild_decode *d = arg;
	struct err err = {0};
	int rc = 0;

	for (int32_t p = d->first; rc == 0 && p < d->count; p += d->step)
		rc = read_partition(d, p, &err);
	pthread_mutex_lock(&d->lock);
	d->ended = true;
	d->failed = rc < 0;
	d->err = err;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

int rebuild_decode_open(struct rebuild_decode **out, const struct rules *rules, struct err *err)
{
	struct rebuild_decode *d = calloc(1, sizeof *d);
	char old[600];

	if (!d)
		return err_set(err, ERR_RETRY, "out of memory");
	d->rules = rules;
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->changed, NULL);
	d->fields = calloc(incident_field_count, sizeof *d->fields);
	snprintf(old, sizeof old, "%s/old", operator_conf.schemas);
	if (!d->fields)
		err_set(err, ERR_RETRY, "out of memory");
	if (!d->fields || kafka_reader_open(&d->kafka, operator_topic("incidents"), err) ||
	    avroread_open(&d->reader, err) ||
	    avroread_add(d->reader, incident_schema, strlen(incident_schema), NULL, err) ||
	    avroread_add_dir(d->reader, old, true, err)) {
		rebuild_decode_close(d);
		return -1;
	}
	*out = d;
	return 0;
}

int rebuild_decode_start(struct rebuild_decode *d, int32_t first, int32_t step, int32_t count, const int64_t *ends,
			 struct err *err)
{
	d->first = first;
	d->step = step;
	d->count = count;
	d->ends = ends;
	d->filled = d->taken = 0;
	d->stopping = d->ended = d->failed = d->lent = false;
	if (pthread_create(&d->thread, NULL, run, d))
		return err_set(err, ERR_RETRY, "no thread to read with");
	d->running = true;
	return 0;
}

static void give_back(struct rebuild_decode *d)
{
	d->lent = false;
	pthread_mutex_lock(&d->lock);
	d->taken++;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
}

int rebuild_decode_next(struct rebuild_decode *d, const struct rebuild_batch **batch, struct err *err)
{
	int rc;

	if (d->lent)
		give_back(d);
	pthread_mutex_lock(&d->lock);
	while (d->filled == d->taken && !d->ended)
		pthread_cond_wait(&d->changed, &d->lock);
	rc = d->filled > d->taken ? 1 : d->failed ? -1 : 0;
	if (rc < 0)
		*err = d->err;
	pthread_mutex_unlock(&d->lock);
	d->lent = rc > 0;
	if (rc > 0)
		*batch = &d->batches[d->taken % BATCHES];
	return rc;
}

void rebuild_decode_stop(struct rebuild_decode *d)
{
	if (!d->running)
		return;
	pthread_mutex_lock(&d->lock);
	d->stopping = true;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
	pthread_join(d->thread, NULL);
	d->running = false;
	for (int i = 0; i < BATCHES; i++)
		empty(&d->batches[i]);
}

void rebuild_decode_close(struct rebuild_decode *d)
{
	if (!d)
		return;
	rebuild_decode_stop(d);
	kafka_reader_close(d->kafka);
	avroread_close(d->reader);
	free(d->fields);
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
	free(d);
}
