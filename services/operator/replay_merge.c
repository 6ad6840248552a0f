#include "replay_private.h"

#include "base/run.h"
#include <stdlib.h>
#include <string.h>

#define LANE_BATCH 500
#define WAIT_MS 200

struct lane {
	struct kafka_reader *reader;
	const struct replay_stretch *next, *end; /* not begun yet */
	bool reading;
	struct kafka_message messages[LANE_BATCH];
	size_t at, count;
};

struct replay_merge {
	struct lane *lanes;
	size_t count;
};

static int open_lane(struct lane *lane, const struct replay *r, size_t first, struct err *err)
{
	size_t i = first;

	while (i < r->count && r->stretches[i].partition == r->stretches[first].partition)
		i++;
	lane->next = &r->stretches[first];
	lane->end = &r->stretches[i];
	return kafka_reader_open(&lane->reader, r->topic, err);
}

int replay_merge_open(struct replay_merge **merge, const struct replay *r, struct err *err)
{
	struct replay_merge *m = calloc(1, sizeof *m);

	if (!m || !(m->lanes = calloc((size_t)r->partitions + 1, sizeof *m->lanes))) {
		free(m);
		return err_set(err, ERR_RETRY, "out of memory");
	}
	for (size_t i = 0; i < r->count; i = (size_t)(m->lanes[m->count++].end - r->stretches))
		if (open_lane(&m->lanes[m->count], r, i, err)) {
			replay_merge_close(m);
			return -1;
		}
	*merge = m;
	return 0;
}

void replay_merge_close(struct replay_merge *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++) {
		struct lane *lane = &m->lanes[i];

		kafka_consumer_release(lane->messages + lane->at, lane->count - lane->at);
		kafka_reader_close(lane->reader);
	}
	free(m->lanes);
	free(m);
}

/* 1: it has a message; 0: it has none any more, or we were asked to stop; -1. */
static int fill(struct lane *lane, struct err *err)
{
	while (lane->at == lane->count) {
		int got;

		if (run_stopping() || (!lane->reading && lane->next == lane->end))
			return 0;
		if (!lane->reading &&
		    kafka_reader_start(lane->reader, lane->next->partition, lane->next->from, lane->next->to, err))
			return -1;
		lane->next += !lane->reading;
		got = kafka_reader_batch(lane->reader, lane->messages, LANE_BATCH, WAIT_MS, err);
		if (got < 0)
			return -1;
		lane->at = 0;
		lane->count = (size_t)got;
		lane->reading = !kafka_reader_done(lane->reader);
	}
	return 1;
}

/* The lane whose next message came first; NULL: none has any. */
static int earliest(struct replay_merge *m, struct lane **out, struct err *err)
{
	*out = NULL;
	for (size_t i = 0; i < m->count; i++) {
		struct lane *lane = &m->lanes[i];
		int rc = fill(lane, err);

		if (rc < 0)
			return -1;
		if (rc && (!*out || lane->messages[lane->at].append_ms < (*out)->messages[(*out)->at].append_ms))
			*out = lane;
	}
	return 0;
}

int replay_merge_batch(struct replay_merge *m, struct kafka_message *out, size_t max, struct err *err)
{
	struct lane *lane;
	size_t n = 0;

	while (n < max) {
		if (earliest(m, &lane, err)) {
			kafka_consumer_release(out, n);
			return -1;
		}
		if (!lane)
			break;
		out[n++] = lane->messages[lane->at++];
	}
	return (int)n;
}
