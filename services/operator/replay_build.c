/* replay --into: topic incidents folded anew into a build of its own, and behind it what the normalizer makes of the
 * stretch now, as the next epoch: what a replay would give, without sending anything. */
#include "replay_private.h"

#include "base/run.h"
#include "rebuild.h"
#include <string.h>

struct ahead {
	struct replay *r;
	struct rebuild *build;
	struct mapper *mapper;
	int64_t sequence;
	int full; /* what rebuild_read_more has said: 0 or 1 */
};

static int fold_one(void *ctx, size_t i, const struct incident *in, struct err *err)
{
	struct ahead *a = ctx;
	struct incident next = *in;
	int rc;

	(void)i;
	next.origin.sequence = ++a->sequence;
	rc = rebuild_read_more(a->build, in->origin.partition, &next, err);
	a->full = rc == 1;
	return rc;
}

static int fold_batch(struct ahead *a, const struct kafka_message *m, size_t count, int64_t epoch, struct err *err)
{
	static struct replay_headers headers[REPLAY_BATCH];
	static struct deadletter letters[REPLAY_BATCH];
	int rc;

	for (size_t i = 0; i < count; i++)
		replay_letter(&m[i], a->r->topic, epoch, &headers[i], &letters[i]);
	rc = mapper_map(a->mapper, letters, count, fold_one, a, err);
	return a->full ? 1 : rc;
}

/* A stretch is an epoch, as the normalizer's --replay makes it. */
static int fold_stretch(struct ahead *a, const struct replay_stretch *s, int64_t epoch, struct err *err)
{
	struct kafka_reader *reader = a->r->reader;
	struct kafka_message m[REPLAY_BATCH];
	int rc = kafka_reader_start(reader, s->partition, s->from, s->to, err);

	a->sequence = 0;
	while (rc == 0 && !kafka_reader_done(reader)) {
		int got;

		if (rebuild_go_on(err))
			return -1;
		got = kafka_reader_batch(reader, m, REPLAY_BATCH, 200, err);
		if (got < 0)
			return -1;
		rc = fold_batch(a, m, (size_t)got, epoch, err);
		kafka_consumer_release(m, (size_t)got);
	}
	return rc;
}

/* Each time a program of its own: a fold that is full leaves the answers of the one before unread. */
static int fold_partition(void *ctx, struct rebuild *build, int32_t partition, struct err *err)
{
	struct ahead a = {.r = ctx, .build = build};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < a.r->count; i++) {
		if (a.r->stretches[i].partition != partition)
			continue;
		rc = a.mapper ? 0 : mapper_open(&a.mapper, a.r->source, err);
		if (rc == 0)
			rc = fold_stretch(&a, &a.r->stretches[i], a.r->epoch + (int64_t)i, err);
	}
	mapper_close(a.mapper);
	return rc;
}

int replay_build(struct replay *r, struct err *err)
{
	return rebuild_with(r->into, r->json, fold_partition, r, err);
}
