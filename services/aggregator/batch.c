#include "batch.h"

#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX (64u << 20)

int batch_init(struct batch *b, size_t max, struct err *err)
{
	memset(b, 0, sizeof *b);
	b->max = max;
	buf_init(&b->texts, TEXTS_MAX);
	map64_init(&b->seen);
	b->cap = max < 1024 ? max : 1024;
	b->records = malloc(b->cap * sizeof *b->records);
	return b->records ? 0 : err_set(err, ERR_RETRY, "out of memory for a batch of %zu records", b->cap);
}

void batch_release(struct batch *b)
{
	free(b->records);
	buf_release(&b->texts);
	map64_release(&b->seen);
}

void batch_clear(struct batch *b)
{
	b->count = 0;
	b->rounds = 0;
	b->topic_count = 0;
	b->unit_count = 0;
	buf_clear(&b->texts);
	map64_clear(&b->seen);
}

static int make_room(struct batch *b, struct err *err)
{
	size_t cap = b->cap * 2 < b->max ? b->cap * 2 : b->max;
	struct record *more;

	if (b->count < b->cap)
		return 0;
	more = realloc(b->records, cap * sizeof *more);
	if (!more)
		return err_set(err, ERR_RETRY, "out of memory for a batch of %zu records", cap);
	b->records = more;
	b->cap = cap;
	return 0;
}

/* The topic's number in this batch; -1 when it has too many topics. */
static int intern_topic(struct batch *b, const struct incident_text *topic)
{
	for (size_t i = b->topic_count; i-- > 0;)
		if (strlen(b->topics[i]) == topic->len && memcmp(b->topics[i], topic->text, topic->len) == 0)
			return (int)i;
	if (b->topic_count == BATCH_TOPICS_MAX || topic->len >= CHAIN_TOPIC_MAX)
		return -1;
	memcpy(b->topics[b->topic_count], topic->text, topic->len);
	b->topics[b->topic_count][topic->len] = 0;
	return (int)b->topic_count++;
}

/* The unit's number in this batch, from 1; 0 for none; -1 when it names too many. */
static int intern_unit(struct batch *b, const struct incident_text *unit)
{
	if (!unit->text || unit->len == 0 || unit->len >= BATCH_UNIT_SIZE)
		return 0;
	for (size_t i = b->unit_count; i-- > 0;)
		if (strlen(b->units[i]) == unit->len && memcmp(b->units[i], unit->text, unit->len) == 0)
			return (int)i + 1;
	if (b->unit_count == BATCH_UNITS_MAX)
		return -1;
	memcpy(b->units[b->unit_count], unit->text, unit->len);
	b->units[b->unit_count][unit->len] = 0;
	return (int)++b->unit_count;
}

/* How often the id has come in this batch. Two ids that begin alike share a count, which costs a round and no more. */
static int count_id(struct batch *b, const uint8_t id[16], uint32_t **times, struct err *err)
{
	uint64_t key;

	memcpy(&key, id, sizeof key);
	if (map64_put(&b->seen, key ? key : 1, 0, times) < 0)
		return err_set(err, ERR_RETRY, "out of memory for the ids of a batch");
	return 0;
}

static int fill(struct batch *b, const struct rules *rules, const struct incident *in, struct record *r,
		struct err *err)
{
	struct err wrong = {0};
	uint32_t *times;
	int topic = intern_topic(b, &in->origin.topic), unit;

	if (topic < 0)
		return b->topic_count == BATCH_TOPICS_MAX ? 1 : 0;
	if (rules_place(rules, in, &r->row, &wrong))
		return 0; /* stays unreadable */
	if (in->detail.len > b->texts.max - b->texts.len && b->count > 0)
		return 1;
	if (count_id(b, in->id, &times, err))
		return -1;
	unit = intern_unit(b, &in->unit);
	if (*times == BATCH_ROUNDS_MAX || unit < 0)
		return 1;
	r->detail = (uint32_t)b->texts.len;
	r->detail_len = (uint32_t)in->detail.len;
	if (in->detail.text)
		buf_append(&b->texts, in->detail.text, in->detail.len);
	if (b->texts.overflow)
		return err_set(err, ERR_RETRY, "out of memory for the texts of a batch");
	r->round = (uint8_t)(*times)++;
	r->readable = true;
	r->topic = (uint16_t)topic;
	r->unit = (uint8_t)unit;
	r->operation = (uint8_t)in->operation;
	r->reason = (uint8_t)in->reason;
	r->epoch = in->origin.epoch;
	r->feed_offset = in->origin.offset;
	r->sequence = in->origin.sequence;
	return 0;
}

int batch_add(struct batch *b, const struct rules *rules, const struct kafka_message *m, const struct incident *in,
	      struct err *err)
{
	struct record *r;
	int rc = 0;

	if (b->count == b->max)
		return 1;
	if (make_room(b, err))
		return -1;
	r = &b->records[b->count];
	memset(r, 0, sizeof *r);
	r->partition = m->partition;
	r->offset = m->offset;
	/* A chain lives in the partition of its own number: only that partition's owner may count it. */
	if (in && in->origin.partition == m->partition)
		rc = fill(b, rules, in, r, err);
	if (rc)
		return rc;
	b->count++;
	if (r->round + 1u > b->rounds)
		b->rounds = r->round + 1u;
	return 0;
}

void batch_drop(struct batch *b, int32_t partition)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->count; i++)
		if (b->records[i].partition != partition)
			b->records[kept++] = b->records[i];
	b->count = kept;
}
