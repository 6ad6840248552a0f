#include "kafka/kafka_private.h"
#include "base/run.h"
#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MS 10000

/* A consumer without a group asks everything: unlike a producer it never makes a broker create a
 * topic by asking for it. */

int kafka_admin_open(struct kafka_admin **admin, struct err *err)
{
	static const struct kafka_property none = {0, NULL, NULL};
	rd_kafka_conf_t *conf = kafka_conf_make(KAFKA_ADMIN, &none, err);
	struct kafka_admin *a;

	if (!conf)
		return -1;
	a = calloc(1, sizeof *a);
	assert(a);
	if (kafka_conf_start(&a->handle, KAFKA_ADMIN, conf, err)) {
		free(a);
		return -1;
	}
	a->queue = rd_kafka_queue_new(a->handle.rk);
	*admin = a;
	return 0;
}

void kafka_admin_close(struct kafka_admin *admin)
{
	if (!admin)
		return;
	rd_kafka_queue_destroy(admin->queue);
	rd_kafka_destroy(admin->handle.rk);
	free(admin);
}

/* A question that was not answered: the error callback may know better why. */
int kafka_admin_unanswered(struct kafka_admin *a, rd_kafka_resp_err_t code, const char *topic, struct err *err)
{
	enum err_kind kind = kafka_conf_judge(code);

	rd_kafka_poll(a->handle.rk, 0);
	if (kafka_conf_check(&a->handle, err))
		return -1;
	return err_set(err, kind == ERR_NONE ? ERR_SERVER : kind, "Kafka does not answer about %s: %s.", topic,
		       rd_kafka_err2str(code));
}

/* ---- topics ---- */

/* 0 when there is no such topic, else its partition count; ready: how many have a leader. */
int kafka_admin_count(struct kafka_admin *a, const char *name, int *ready, struct err *err)
{
	rd_kafka_topic_t *topic = rd_kafka_topic_new(a->handle.rk, name, NULL);
	const struct rd_kafka_metadata *md;
	const struct rd_kafka_metadata_topic *t;
	rd_kafka_resp_err_t code;
	int n = 0, i;

	if (!topic)
		return err_set(err, ERR_CONFIG, "%s cannot be a topic's name.", name);
	code = rd_kafka_metadata(a->handle.rk, 0, topic, &md, ANSWER_MS);
	rd_kafka_topic_destroy(topic);
	if (code)
		return kafka_admin_unanswered(a, code, name, err);
	t = md->topic_cnt == 1 ? &md->topics[0] : NULL;
	code = t ? t->err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
	*ready = 0;
	if (t && (!code || code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)) {
		n = t->partition_cnt;
		for (i = 0; i < n; i++)
			*ready += t->partitions[i].leader >= 0;
	} else if (code != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART && code != RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC) {
		n = kafka_admin_unanswered(a, code, name, err);
	}
	rd_kafka_metadata_destroy(md);
	return n;
}

int kafka_admin_partitions(struct kafka_admin *admin, const char *topic, struct err *err)
{
	int ready, n = kafka_admin_count(admin, topic, &ready, err);

	if (n == 0)
		return err_set(err, ERR_CONFIG, "There is no topic %s.", topic);
	return n;
}

int kafka_admin_replicas(struct kafka_admin *admin, const char *name, int *replicas, int *in_sync, struct err *err)
{
	rd_kafka_topic_t *topic = rd_kafka_topic_new(admin->handle.rk, name, NULL);
	const struct rd_kafka_metadata *md;
	rd_kafka_resp_err_t code;
	int least = INT_MAX, synced = INT_MAX;

	if (!topic)
		return err_set(err, ERR_CONFIG, "%s cannot be a topic's name.", name);
	code = rd_kafka_metadata(admin->handle.rk, 0, topic, &md, ANSWER_MS);
	rd_kafka_topic_destroy(topic);
	if (code)
		return kafka_admin_unanswered(admin, code, name, err);
	for (int i = 0; md->topic_cnt == 1 && i < md->topics[0].partition_cnt; i++) {
		const struct rd_kafka_metadata_partition *p = &md->topics[0].partitions[i];

		least = p->replica_cnt < least ? p->replica_cnt : least;
		synced = p->isr_cnt < synced ? p->isr_cnt : synced;
	}
	rd_kafka_metadata_destroy(md);
	if (least == INT_MAX)
		return err_set(err, ERR_CONFIG, "There is no topic %s.", name);
	*replicas = least;
	*in_sync = synced;
	return 0;
}

rd_kafka_event_t *kafka_admin_answer(struct kafka_admin *a, const char *topic, struct err *err)
{
	rd_kafka_event_t *event = rd_kafka_queue_poll(a->queue, ANSWER_MS);
	rd_kafka_resp_err_t code = event ? rd_kafka_event_error(event) : RD_KAFKA_RESP_ERR__TIMED_OUT;

	if (!code)
		return event;
	if (event)
		rd_kafka_event_destroy(event);
	(void)!kafka_admin_unanswered(a, code, topic, err);
	return NULL;
}

rd_kafka_AdminOptions_t *kafka_admin_options(struct kafka_admin *a, rd_kafka_admin_op_t op)
{
	rd_kafka_AdminOptions_t *o = rd_kafka_AdminOptions_new(a->handle.rk, op);
	char why[128];

	/* A little less than we wait, so that an answer to an earlier question never comes to a
	 * later one. */
	rd_kafka_AdminOptions_set_request_timeout(o, ANSWER_MS - 500, why, sizeof why);
	return o;
}

static int create_result(const rd_kafka_event_t *event, const char *topic, struct err *err)
{
	const rd_kafka_topic_result_t **results;
	rd_kafka_resp_err_t code;
	size_t n;

	results = rd_kafka_CreateTopics_result_topics(
		rd_kafka_event_CreateTopics_result((rd_kafka_event_t *)(uintptr_t)event), &n);
	code = n ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR__FAIL;
	if (!code || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
		return 0;
	if (code == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT || code == RD_KAFKA_RESP_ERR__TIMED_OUT)
		return err_set(err, ERR_SERVER, "Kafka does not create the topic %s in time.", topic);
	return err_set(err, ERR_CONFIG, "Kafka does not create the topic %s: %s.", topic,
		       n ? rd_kafka_topic_result_error_string(results[0]) : "no answer");
}

static int ask_create(struct kafka_admin *a, const struct kafka_topic *t, struct err *err)
{
	char why[256] = "";
	rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(t->name, t->partitions, t->replication, why, sizeof why);
	rd_kafka_AdminOptions_t *o;
	rd_kafka_event_t *event;
	const char *const *c;
	int rc;

	if (!topic)
		return err_set(err, ERR_CONFIG, "The topic %s cannot be created: %s.", t->name, why);
	for (c = t->config; c && c[0]; c += 2)
		rd_kafka_NewTopic_set_config(topic, c[0], c[1]);
	o = kafka_admin_options(a, RD_KAFKA_ADMIN_OP_CREATETOPICS);
	rd_kafka_CreateTopics(a->handle.rk, &topic, 1, o, a->queue);
	rd_kafka_AdminOptions_destroy(o);
	rd_kafka_NewTopic_destroy(topic);
	event = kafka_admin_answer(a, t->name, err);
	if (!event)
		return -1;
	rc = create_result(event, t->name, err);
	rd_kafka_event_destroy(event);
	return rc;
}

/* Created is not yet usable: wait until every partition has a leader. */
static int create(struct kafka_admin *a, const struct kafka_topic *t, struct err *err)
{
	int64_t end = run_monotonic_ms() + ANSWER_MS;
	int n, ready = 0;

	if (ask_create(a, t, err))
		return -1;
	do {
		n = kafka_admin_count(a, t->name, &ready, err);
		if (n < 0)
			return -1;
		if (n > 0 && ready == n)
			return 0;
		run_pause(20);
	} while (run_monotonic_ms() < end);
	return err_set(err, ERR_SERVER, "Kafka has created the topic %s, but not all its partitions have a leader.",
		       t->name);
}

/* "true"/"false" and numbers come back as they were written; names of a list may be spaced
 * otherwise, which is not compared. */
static int compare(const rd_kafka_ConfigResource_t *resource, const struct kafka_topic *t, struct err *err)
{
	const rd_kafka_ConfigEntry_t **entries;
	const char *const *c, *got;
	size_t n, i;

	entries = rd_kafka_ConfigResource_configs(resource, &n);
	for (c = t->config; c && c[0]; c += 2) {
		got = NULL;
		for (i = 0; i < n; i++)
			if (!strcmp(rd_kafka_ConfigEntry_name(entries[i]), c[0]))
				got = rd_kafka_ConfigEntry_value(entries[i]);
		if (!got || strcmp(got, c[1]))
			return err_set(err, ERR_CONFIG, "The topic %s has %s=%s, but %s is needed.", t->name, c[0],
				       got ? got : "(unset)", c[1]);
	}
	return 0;
}

static int check_config(struct kafka_admin *a, const struct kafka_topic *t, struct err *err)
{
	rd_kafka_ConfigResource_t *ask = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, t->name);
	rd_kafka_AdminOptions_t *o = kafka_admin_options(a, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
	const rd_kafka_ConfigResource_t **resources;
	rd_kafka_event_t *event;
	size_t n;
	int rc;

	rd_kafka_DescribeConfigs(a->handle.rk, &ask, 1, o, a->queue);
	rd_kafka_AdminOptions_destroy(o);
	rd_kafka_ConfigResource_destroy(ask);
	event = kafka_admin_answer(a, t->name, err);
	if (!event)
		return -1;
	resources = rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &n);
	if (n != 1 || rd_kafka_ConfigResource_error(resources[0]))
		rc = kafka_admin_unanswered(
			a, n ? rd_kafka_ConfigResource_error(resources[0]) : RD_KAFKA_RESP_ERR__FAIL, t->name, err);
	else
		rc = compare(resources[0], t, err);
	rd_kafka_event_destroy(event);
	return rc;
}

int kafka_admin_ensure(struct kafka_admin *admin, const struct kafka_topic *topic, bool make, struct err *err)
{
	int ready, n = kafka_admin_count(admin, topic->name, &ready, err), made = 0;

	if (n < 0)
		return -1;
	if (n == 0) {
		if (!make)
			return err_set(err, ERR_CONFIG, "There is no topic %s.", topic->name);
		if (create(admin, topic, err))
			return -1;
		made = 1;
		n = kafka_admin_count(admin, topic->name, &ready, err);
		if (n < 0)
			return -1;
	}
	if (n != topic->partitions)
		return err_set(err, ERR_CONFIG, "The topic %s has %d partitions, but %d are needed.", topic->name, n,
			       topic->partitions);
	if (topic->config && topic->config[0] && check_config(admin, topic, err))
		return -1;
	return made;
}

/* ---- partitions ---- */

int kafka_admin_watermarks(struct kafka_admin *admin, const char *topic, int32_t partition, int64_t *low, int64_t *high,
			   struct err *err)
{
	int64_t end = run_monotonic_ms() + ANSWER_MS;
	rd_kafka_resp_err_t code;

	/* Right after a topic's creation or a change of leader the library asks the wrong broker
	 * once. */
	do {
		code = rd_kafka_query_watermark_offsets(admin->handle.rk, topic, partition, low, high, ANSWER_MS);
		if (code != RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION &&
		    code != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
			break;
		run_pause(50);
	} while (run_monotonic_ms() < end);
	if (code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
	    code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
		return err_set(err, ERR_CONFIG, "There is no partition %d of a topic %s.", partition, topic);
	return code ? kafka_admin_unanswered(admin, code, topic, err) : 0;
}

/* The next message of a started partition: 1, or 0 at the log's end. Errors that pass are waited
 * out. */
static int read_one(struct kafka_admin *a, rd_kafka_topic_t *t, int32_t partition, int64_t *found, struct err *err)
{
	int64_t end = run_monotonic_ms() + ANSWER_MS;
	rd_kafka_message_t *m;
	rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__TIMED_OUT;
	int64_t offset;

	do {
		m = rd_kafka_consume(t, partition, 200);
		rd_kafka_poll(a->handle.rk, 0);
		if (!m)
			continue;
		code = m->err;
		offset = m->offset;
		rd_kafka_message_destroy(m);
		if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF)
			return 0;
		if (code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
			return err_set(err, ERR_DATA_LOSS, "Partition %d of %s does not hold the offset asked for.",
				       partition, rd_kafka_topic_name(t));
		if (!code) {
			*found = offset;
			return 1;
		}
	} while (run_monotonic_ms() < end && a->handle.failed.kind == ERR_NONE);
	return kafka_admin_unanswered(a, code, rd_kafka_topic_name(t), err);
}

int kafka_admin_message_after(struct kafka_admin *admin, const char *topic, int32_t partition, int64_t offset,
			      int64_t *found, struct err *err)
{
	rd_kafka_topic_t *t;
	int64_t low, high;
	int rc;

	if (kafka_admin_watermarks(admin, topic, partition, &low, &high, err))
		return -1;
	if (offset < low)
		offset = low; /* what retention has taken is no message any more */
	if (offset >= high)
		return 0;
	t = rd_kafka_topic_new(admin->handle.rk, topic, NULL);
	if (!t)
		return err_set(err, ERR_CONFIG, "%s cannot be a topic's name.", topic);
	if (rd_kafka_consume_start(t, partition, offset)) {
		rc = err_set(err, ERR_SERVER, "Partition %d of %s cannot be read: %s.", partition, topic,
			     rd_kafka_err2str(rd_kafka_last_error()));
	} else {
		rc = read_one(admin, t, partition, found, err);
		rd_kafka_consume_stop(t, partition);
	}
	rd_kafka_topic_destroy(t);
	return rc == 1 && *found >= high ? 0 : rc;
}

/* ---- groups ---- */

static int copy_committed(const rd_kafka_topic_partition_t *p, int64_t *next, char *metadata, size_t max)
{
	size_t len = p->metadata ? p->metadata_size : 0;

	*next = p->offset >= 0 ? p->offset : -1;
	if (len >= max)
		len = max - 1;
	if (len)
		memcpy(metadata, p->metadata, len);
	metadata[len] = '\0';
	return 0;
}

int kafka_admin_committed(struct kafka_admin *admin, const char *group, const char *topic, int32_t partition,
			  int64_t *next, char *metadata, size_t max, struct err *err)
{
	/* A consumer of that group which subscribes to nothing never joins it: it may only ask. */
	struct kafka_property own[] = {{KAFKA_ADMIN, "group.id", group}, {0, NULL, NULL}};
	rd_kafka_conf_t *conf = kafka_conf_make(KAFKA_ADMIN, own, err);
	struct kafka_admin asker = {{NULL, {0}}, NULL};
	rd_kafka_topic_partition_list_t *list;
	rd_kafka_resp_err_t code;
	int rc;

	(void)admin;
	if (!conf || kafka_conf_start(&asker.handle, KAFKA_ADMIN, conf, err))
		return -1;
	list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, topic, partition);
	code = rd_kafka_committed(asker.handle.rk, list, ANSWER_MS);
	if (!code)
		code = list->elems[0].err;
	rc = code ? kafka_admin_unanswered(&asker, code, group, err)
		  : copy_committed(&list->elems[0], next, metadata, max);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(asker.handle.rk);
	return rc;
}
