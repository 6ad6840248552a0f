#include "kafka/kafka_private.h"
#include "base/run.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MS 10000 /* one question to the broker */
#define ASK_MS 30000	/* all of them while the group's offsets are being read */
#define METADATA_MAX 128

static struct kafka_slot *slot_of(struct kafka_consumer *c, int32_t partition)
{
	struct kafka_slot *slots;

	assert(partition >= 0);
	if (partition >= c->slot_count) {
		slots = realloc(c->slots, ((size_t)partition + 1) * sizeof *slots);
		assert(slots);
		memset(slots + c->slot_count, 0, (size_t)(partition + 1 - c->slot_count) * sizeof *slots);
		c->slots = slots;
		c->slot_count = partition + 1;
	}
	return &c->slots[partition];
}

/* Ask again while the broker is away: the library keeps the membership alive meanwhile. */
static int ask_committed(struct kafka_consumer *c, rd_kafka_topic_partition_list_t *list, int64_t end, struct err *err)
{
	rd_kafka_resp_err_t code;

	do {
		code = rd_kafka_committed(c->handle.rk, list, ANSWER_MS);
		if (!code)
			return 0;
		if (kafka_conf_judge(code) != ERR_NONE)
			return err_set(err, kafka_conf_judge(code), "Kafka refuses the offsets of group %s: %s.",
				       c->group.group, rd_kafka_err2str(code));
		run_pause(100);
	} while (!run_stopping() && run_monotonic_ms() < end);
	return err_set(err, ERR_RETRY, "Kafka does not say what group %s has committed: %s.", c->group.group,
		       rd_kafka_err2str(code));
}

static int ask_watermarks(struct kafka_consumer *c, struct kafka_assignment *a, int64_t end, struct err *err)
{
	rd_kafka_resp_err_t code;

	do {
		code = rd_kafka_query_watermark_offsets(c->handle.rk, c->topic, a->partition, &a->low, &a->high,
							ANSWER_MS);
		if (!code)
			return 0;
		if (kafka_conf_judge(code) != ERR_NONE)
			break;
		run_pause(100);
	} while (!run_stopping() && run_monotonic_ms() < end);
	return err_set(err, kafka_conf_judge(code) == ERR_NONE ? ERR_RETRY : kafka_conf_judge(code),
		       "Kafka does not say what partition %d of %s holds: %s.", a->partition, c->topic,
		       rd_kafka_err2str(code));
}

/* Metadata that is longer than any of ours is somebody else's: as good as none. */
static void take_committed(struct kafka_assignment *a, const rd_kafka_topic_partition_t *from, char *metadata)
{
	a->committed = from->offset >= 0 ? from->offset : -1;
	if (from->metadata && from->metadata_size < METADATA_MAX)
		memcpy(metadata, from->metadata, from->metadata_size);
}

static int fill(struct kafka_consumer *c, rd_kafka_topic_partition_list_t *list, struct kafka_assignment *as,
		char *metadata, struct err *err)
{
	int64_t end = run_monotonic_ms() + ASK_MS;
	int i;

	for (i = 0; i < list->cnt; i++) {
		as[i].partition = list->elems[i].partition;
		as[i].committed = as[i].low = as[i].high = -1;
		as[i].start = KAFKA_BEGINNING;
		as[i].metadata = metadata + (size_t)i * METADATA_MAX;
	}
	if (!c->group.want_committed)
		return 0;
	if (ask_committed(c, list, end, err))
		return -1;
	for (i = 0; i < list->cnt; i++) {
		take_committed(&as[i], &list->elems[i], metadata + (size_t)i * METADATA_MAX);
		if (ask_watermarks(c, &as[i], end, err))
			return -1;
	}
	return 0;
}

/* Asks `assigned` where to start and puts its answers into the list. */
static int decide(struct kafka_consumer *c, rd_kafka_topic_partition_list_t *list, struct err *err)
{
	size_t n = (size_t)list->cnt;
	struct kafka_assignment *as = calloc(n + 1, sizeof *as);
	char *metadata = calloc(n + 1, METADATA_MAX);
	rd_kafka_topic_partition_list_t *copy = rd_kafka_topic_partition_list_copy(list);
	int i, rc;

	assert(as && metadata);
	rc = fill(c, copy, as, metadata, err);
	if (!rc && n && c->group.assigned)
		rc = c->group.assigned(c->group.ctx, as, n, err);
	for (i = 0; !rc && i < list->cnt; i++) {
		assert(as[i].start >= 0 || as[i].start == KAFKA_BEGINNING);
		list->elems[i].offset = as[i].start >= 0 ? as[i].start : RD_KAFKA_OFFSET_BEGINNING;
	}
	rd_kafka_topic_partition_list_destroy(copy);
	free(metadata);
	free(as);
	return rc;
}

static void hand_over(struct kafka_consumer *c, rd_kafka_error_t *error)
{
	if (!error)
		return;
	kafka_conf_fail(&c->handle, ERR_REJOIN, "The assignment is not taken", rd_kafka_error_string(error));
	rd_kafka_error_destroy(error);
}

/* Nothing of this list is read, but the library waits for an answer: none of them. */
static void decline(rd_kafka_topic_partition_list_t *list)
{
	while (list->cnt)
		rd_kafka_topic_partition_list_del_by_idx(list, list->cnt - 1);
}

void kafka_assign_pending(struct kafka_consumer *c)
{
	rd_kafka_topic_partition_list_t *list = c->pending;
	struct err err = {0};
	struct kafka_slot *s;
	int i;

	if (!list)
		return;
	c->pending = NULL;
	kafka_watch_begin(c);
	if (c->handle.failed.kind == ERR_NONE && !c->closing && decide(c, list, &err)) {
		assert(err.kind != ERR_NONE);
		c->handle.failed = err;
	}
	if (c->handle.failed.kind != ERR_NONE || c->closing)
		decline(list);
	for (i = 0; i < list->cnt; i++) {
		s = slot_of(c, list->elems[i].partition);
		s->owned = true;
		s->last = list->elems[i].offset >= 0 ? list->elems[i].offset - 1 : -1;
		c->joined = true;
	}
	hand_over(c, rd_kafka_incremental_assign(c->handle.rk, list));
	rd_kafka_topic_partition_list_destroy(list);
}

void kafka_assign_let_go(struct kafka_consumer *c, const rd_kafka_topic_partition_list_t *list, bool lost)
{
	int32_t *gone = calloc((size_t)c->slot_count + 1, sizeof *gone), p;
	size_t n = 0;

	assert(gone);
	for (p = 0; p < c->slot_count; p++)
		if (c->slots[p].owned &&
		    (!list || rd_kafka_topic_partition_list_find((rd_kafka_topic_partition_list_t *)(uintptr_t)list,
								 c->topic, p)))
			gone[n++] = p;
	if (n && c->group.revoked)
		c->group.revoked(c->group.ctx, gone, n, lost);
	while (n)
		c->slots[gone[--n]].owned = false;
	free(gone);
}

/* What comes is put off until the batch call that we are in has returned: a partition that goes and
 * comes back must not have messages of both assignments in one batch. (rd_kafka_yield, which should
 * end the batch here, loses a message in 2.0.2: the batch call takes the next one from its queue
 * and drops it.) */
void kafka_assign_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
			    void *opaque)
{
	struct kafka_consumer *c = opaque;

	if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
		kafka_assign_pending(c); /* never two: the library waits for our answer to the first */
		c->pending = rd_kafka_topic_partition_list_copy(list);
		if (c->closing)
			kafka_assign_pending(c);
		return;
	}
	if (code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
		kafka_conf_fail(&c->handle, ERR_REJOIN, "The group's rebalance failed", rd_kafka_err2str(code));
	kafka_assign_let_go(c, list, rd_kafka_assignment_lost(rk) != 0);
	run_point("revoked");
	hand_over(c, rd_kafka_incremental_unassign(rk, list));
}
