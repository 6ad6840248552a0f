/* A partition that the group has given to nobody.
 *
 * A cooperative rebalance takes two turns: the first takes partitions from one member, the second gives them to
 * another, and it is the member that gave them up who asks for the second. One that dies in between and comes back
 * under its static name (group.instance.id) is welcomed without a rebalance and knows of nothing to ask for: the
 * partitions stay with nobody, while every member is well. Nor can a member that has come to know of it ask, since the
 * broker answers one whose words have not changed with what is. A new member, though, always brings about a rebalance:
 * so when the group says twice in a row that it is stable and some partition is nobody's, one without a static name
 * comes and goes. */
#include "base/log.h"
#include "base/run.h"
#include "kafka/kafka_private.h"
#include <string.h>

#define CHECK_MS 5000
#define CHECKS 4 /* after the opening and after each assignment; then the group rests */
#define ANSWER_MS 2000
#define STAY_MS 15000 /* the visitor goes after this, also unseen */
#define LEAVE_MS 1000 /* for its leave to reach the broker */

static int count_partitions(struct kafka_consumer *c)
{
	rd_kafka_topic_t *topic = rd_kafka_topic_new(c->handle.rk, c->topic, NULL);
	const struct rd_kafka_metadata *md;
	int n = 0;

	if (!topic)
		return 0;
	if (!rd_kafka_metadata(c->handle.rk, 0, topic, &md, ANSWER_MS)) {
		n = md->topic_cnt == 1 ? md->topics[0].partition_cnt : 0;
		rd_kafka_metadata_destroy(md);
	}
	rd_kafka_topic_destroy(topic);
	return n;
}

static int64_t number(const uint8_t **at, const uint8_t *end, int bytes)
{
	int64_t n = 0;

	if (end - *at < bytes)
		return -1;
	for (; bytes > 0; bytes--)
		n = n << 8 | *(*at)++;
	return n;
}

/* Partitions in a member's assignment (Kafka's consumer protocol: version, topics with their partitions; all our groups
 * read one topic). 0 for what is no assignment. */
static int64_t count_assigned(const void *bytes, int size)
{
	const uint8_t *at = bytes, *end = at + (size > 0 ? size : 0);
	int64_t topics, len, n;

	if (number(&at, end, 2) < 0)
		return 0;
	topics = number(&at, end, 4);
	len = topics == 1 ? number(&at, end, 2) : -1;
	if (len < 0 || end - at < len)
		return 0;
	at += len;
	n = number(&at, end, 4);
	return n < 0 ? 0 : n;
}

/* How many partitions the members of a stable group have; -1: it cannot be said now. (Not by the library's
 * DescribeConsumerGroups, which in 2.0.2 aborts the process while the coordinator is loading.) */
static int64_t count_given(struct kafka_consumer *c)
{
	const struct rd_kafka_group_list *list;
	int64_t given = -1;

	if (rd_kafka_list_groups(c->handle.rk, c->group.group, &list, ANSWER_MS))
		return -1;
	for (int g = 0; g < list->group_cnt; g++) {
		const struct rd_kafka_group_info *info = &list->groups[g];

		if (info->err || strcmp(info->group, c->group.group) != 0 || strcmp(info->state, "Stable") != 0)
			continue;
		given = 0;
		for (int i = 0; i < info->member_cnt; i++)
			given += count_assigned(info->members[i].member_assignment,
						info->members[i].member_assignment_size);
	}
	rd_kafka_group_list_destroy(list);
	return given;
}

/* The visitor takes nothing of what it is given. */
static void visit(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list, void *opaque)
{
	struct kafka_visitor *v = opaque;
	rd_kafka_topic_partition_list_t *none = rd_kafka_topic_partition_list_new(0);
	rd_kafka_error_t *error;

	(void)list;
	v->seen = true;
	error = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS ? rd_kafka_incremental_assign(rk, none)
							     : rd_kafka_incremental_unassign(rk, none);
	if (error)
		rd_kafka_error_destroy(error);
	rd_kafka_topic_partition_list_destroy(none);
}

static void send_visitor(struct kafka_consumer *c, int64_t now)
{
	struct kafka_property own[] = {{KAFKA_CONSUMER, "group.id", c->group.group}, {0, NULL, NULL}};
	struct kafka_visitor *v = &c->watch.visitor;
	rd_kafka_topic_partition_list_t *topics;
	struct err err = {0};
	rd_kafka_conf_t *conf = kafka_conf_make(KAFKA_CONSUMER, own, &err);

	*v = (struct kafka_visitor){.until_ms = now + STAY_MS};
	if (!conf)
		return;
	rd_kafka_conf_set_rebalance_cb(conf, visit);
	if (kafka_conf_start(&v->handle, KAFKA_CONSUMER, conf, &err)) {
		v->handle.rk = NULL;
		return;
	}
	log_text(LOG_WARNING, "unassigned",
		 "group %s has given some partition of %s to nobody: it is made to think again", c->group.group,
		 c->topic);
	rd_kafka_poll_set_consumer(v->handle.rk);
	topics = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(topics, c->topic, RD_KAFKA_PARTITION_UA);
	rd_kafka_subscribe(v->handle.rk, topics);
	rd_kafka_topic_partition_list_destroy(topics);
}

static void serve_visitor(struct kafka_visitor *v, int64_t now)
{
	rd_kafka_message_t *m = rd_kafka_consumer_poll(v->handle.rk, 0);

	if (m)
		rd_kafka_message_destroy(m);
	if (!v->leaving && (v->seen || now >= v->until_ms)) {
		rd_kafka_unsubscribe(v->handle.rk);
		v->leaving = true;
		v->until_ms = now + LEAVE_MS;
	} else if (v->leaving && now >= v->until_ms) {
		rd_kafka_destroy_flags(v->handle.rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
		v->handle.rk = NULL;
	}
}

static void check(struct kafka_consumer *c, int64_t now)
{
	struct kafka_watch *w = &c->watch;
	int64_t given = count_given(c);

	w->next_ms = now + CHECK_MS;
	w->left--;
	if (given < 0 || given >= count_partitions(c)) {
		w->short_times = 0;
		return;
	}
	w->left = CHECKS;
	if (++w->short_times < 2)
		return;
	w->short_times = 0;
	send_visitor(c, now);
}

void kafka_watch_begin(struct kafka_consumer *c)
{
	c->watch.left = CHECKS;
	c->watch.next_ms = run_monotonic_ms() + CHECK_MS;
}

void kafka_watch_turn(struct kafka_consumer *c)
{
	if (c->watch.visitor.handle.rk)
		serve_visitor(&c->watch.visitor, run_monotonic_ms());
	else if (c->watch.left > 0 && run_monotonic_ms() >= c->watch.next_ms)
		check(c, run_monotonic_ms());
}

void kafka_watch_close(struct kafka_consumer *c)
{
	if (c->watch.visitor.handle.rk)
		rd_kafka_destroy_flags(c->watch.visitor.handle.rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}
