/* replay: which messages. */
#include "replay_private.h"

#include "base/run.h"
#include <stdlib.h>
#include <string.h>

/* An offset, or the first offset at or after a time. */
static int offset_of(struct replay *r, const char *text, int32_t partition, bool end, int64_t *out, struct err *err)
{
	int64_t ms, offset = replay_number(text);
	bool day;

	if (offset >= 0) {
		*out = offset + end; /* --to names the last offset, the time that nothing is later than */
		return 0;
	}
	if (period_parse(rules_zone(preview_rules(r->preview)), text, strlen(text), &ms, &day, err)) {
		err->kind = ERR_CONFIG;
		return -1;
	}
	return kafka_reader_at(r->reader, partition, ms, out, err);
}

static int bounds(struct replay *r, int32_t partition, int64_t *from, int64_t *to, struct err *err)
{
	int64_t high, low;

	if (kafka_reader_start(r->reader, partition, KAFKA_BEGINNING, INT64_MAX, err))
		return -1;
	low = kafka_reader_from(r->reader);
	high = kafka_reader_to(r->reader);
	*from = low;
	*to = high;
	if ((r->from && offset_of(r, r->from, partition, false, from, err)) ||
	    (r->to && offset_of(r, r->to, partition, true, to, err)))
		return -1;
	if (*from < low)
		return err_set(err, ERR_CONFIG, "%s partition %d begins at offset %lld: what lay before it is gone",
			       r->topic, partition, (long long)low);
	if (*to > high)
		*to = high;
	return 0;
}

static int add_stretch(struct replay *r, int32_t partition, int64_t from, int64_t to, struct err *err)
{
	if (from >= to)
		return 0;
	if (r->count == REPLAY_STRETCHES_MAX)
		return err_set(err, ERR_CONFIG, "more than %d messages of that key: take a shorter time",
			       REPLAY_STRETCHES_MAX);
	r->stretches[r->count++] = (struct replay_stretch){partition, from, to};
	return 0;
}

/* Each message of the key is a stretch of its own: a chain must hold all that lies within its ends. */
static int find_key(struct replay *r, int32_t partition, int64_t from, int64_t to, struct err *err)
{
	struct kafka_message m[REPLAY_BATCH];
	int got, rc = 0;

	if (kafka_reader_start(r->reader, partition, from, to, err))
		return -1;
	while (rc == 0 && !kafka_reader_done(r->reader) && !run_stopping()) {
		got = kafka_reader_batch(r->reader, m, REPLAY_BATCH, 200, err);
		if (got < 0)
			return -1;
		for (int i = 0; rc == 0 && i < got; i++)
			if (m[i].key_len == strlen(r->key) && memcmp(m[i].key, r->key, m[i].key_len) == 0)
				rc = add_stretch(r, partition, m[i].offset, m[i].offset + 1, err);
		kafka_consumer_release(m, (size_t)got);
	}
	return rc;
}

int replay_stretch_find(struct replay *r, struct err *err)
{
	struct kafka_admin *admin;
	int partitions;

	r->stretches = calloc(REPLAY_STRETCHES_MAX, sizeof *r->stretches);
	if (!r->stretches)
		return err_set(err, ERR_RETRY, "out of memory");

	if (operator_kafka(&admin, err))
		return -1;
	partitions = kafka_admin_partitions(admin, r->topic, err);
	kafka_admin_close(admin);
	if (partitions < 0)
		return -1;
	r->partitions = partitions;
	if (r->partition >= partitions)
		return err_set(err, ERR_CONFIG, "%s has %d partitions", r->topic, partitions);
	if (r->partition < 0 && partitions > 1 &&
	    ((r->from && replay_number(r->from) >= 0) || (r->to && replay_number(r->to) >= 0)))
		return err_set(err, ERR_CONFIG, "an offset is one of a partition: give --partition too");
	for (int32_t p = 0; p < partitions; p++) {
		int64_t from, to;

		if (r->partition >= 0 && p != r->partition)
			continue;
		if (bounds(r, p, &from, &to, err) ||
		    (r->key && from < to ? find_key(r, p, from, to, err) : add_stretch(r, p, from, to, err)))
			return -1;
	}
	return 0;
}
