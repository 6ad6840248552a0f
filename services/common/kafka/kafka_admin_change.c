/* kafka_admin_change: the calls of the admin that change or delete what is there. */
#include "base/run.h"
#include "kafka/kafka_private.h"
#include "kafka/kafka_writer.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define GONE_MS 30000

int kafka_admin_configure(struct kafka_admin *a, const struct kafka_topic *topic, struct err *err)
{
	rd_kafka_ConfigResource_t *resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic->name);
	rd_kafka_AdminOptions_t *o = kafka_admin_options(a, RD_KAFKA_ADMIN_OP_ALTERCONFIGS);
	const rd_kafka_ConfigResource_t **answers;
	rd_kafka_event_t *event;
	const char *const *c;
	size_t n;
	int rc = 0;

	for (c = topic->config; c && c[0]; c += 2)
		rd_kafka_ConfigResource_set_config(resource, c[0], c[1]);
	rd_kafka_AlterConfigs(a->handle.rk, &resource, 1, o, a->queue);
	rd_kafka_AdminOptions_destroy(o);
	rd_kafka_ConfigResource_destroy(resource);
	event = kafka_admin_answer(a, topic->name, err);
	if (!event)
		return -1;
	answers = rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event), &n);
	if (n != 1 || rd_kafka_ConfigResource_error(answers[0]))
		rc = err_set(err, ERR_CONFIG, "Kafka does not change the settings of topic %s: %s.", topic->name,
			     n ? rd_kafka_ConfigResource_error_string(answers[0]) : "no answer");
	rd_kafka_event_destroy(event);
	return rc;
}

int kafka_admin_delete_before(struct kafka_admin *a, const char *topic, int32_t partition, int64_t offset,
			      struct err *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	const rd_kafka_topic_partition_list_t *answers;
	rd_kafka_AdminOptions_t *o = kafka_admin_options(a, RD_KAFKA_ADMIN_OP_DELETERECORDS);
	rd_kafka_DeleteRecords_t *ask;
	rd_kafka_event_t *event;
	int rc = 0;

	rd_kafka_topic_partition_list_add(list, topic, partition)->offset = offset;
	ask = rd_kafka_DeleteRecords_new(list);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_DeleteRecords(a->handle.rk, &ask, 1, o, a->queue);
	rd_kafka_AdminOptions_destroy(o);
	rd_kafka_DeleteRecords_destroy(ask);
	event = kafka_admin_answer(a, topic, err);
	if (!event)
		return -1;
	answers = rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event));
	if (answers->cnt != 1 || answers->elems[0].err)
		rc = err_set(err, ERR_CONFIG, "Kafka does not delete the beginning of partition %d of %s: %s.",
			     partition, topic, answers->cnt ? rd_kafka_err2str(answers->elems[0].err) : "no answer");
	rd_kafka_event_destroy(event);
	return rc;
}

static int ask_drop(struct kafka_admin *a, const char *topic, struct err *err)
{
	rd_kafka_DeleteTopic_t *ask = rd_kafka_DeleteTopic_new(topic);
	rd_kafka_AdminOptions_t *o = kafka_admin_options(a, RD_KAFKA_ADMIN_OP_DELETETOPICS);
	const rd_kafka_topic_result_t **answers;
	rd_kafka_resp_err_t code;
	rd_kafka_event_t *event;
	size_t n;

	rd_kafka_DeleteTopics(a->handle.rk, &ask, 1, o, a->queue);
	rd_kafka_AdminOptions_destroy(o);
	rd_kafka_DeleteTopic_destroy(ask);
	event = kafka_admin_answer(a, topic, err);
	if (!event)
		return -1;
	answers = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &n);
	code = n == 1 ? rd_kafka_topic_result_error(answers[0]) : RD_KAFKA_RESP_ERR__FAIL;
	rd_kafka_event_destroy(event);
	if (!code || code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
		return 0;
	return err_set(err, ERR_CONFIG, "Kafka does not delete the topic %s: %s.", topic, rd_kafka_err2str(code));
}

int kafka_admin_drop(struct kafka_admin *a, const char *topic, struct err *err)
{
	int64_t end = run_monotonic_ms() + GONE_MS;
	int ready, n = kafka_admin_count(a, topic, &ready, err);

	if (n <= 0)
		return n;
	if (ask_drop(a, topic, err))
		return -1;
	while ((n = kafka_admin_count(a, topic, &ready, err)) > 0 && run_monotonic_ms() < end)
		run_pause(50);
	if (n > 0)
		return err_set(err, ERR_SERVER, "Kafka has not deleted the topic %s within %d s.", topic,
			       GONE_MS / 1000);
	return n < 0 ? -1 : 1;
}

int kafka_admin_commit(struct kafka_admin *admin, const char *group, const char *topic, int32_t partition, int64_t next,
		       const char *metadata, struct err *err)
{
	/* A consumer of that group which assigns itself nothing: the broker takes its commit as an administrator's. */
	struct kafka_property own[] = {{KAFKA_ADMIN, "group.id", group}, {0, NULL, NULL}};
	rd_kafka_conf_t *conf = kafka_conf_make(KAFKA_ADMIN, own, err);
	struct kafka_admin asker = {{NULL, {0}}, NULL};
	rd_kafka_topic_partition_list_t *list;
	rd_kafka_topic_partition_t *p;
	rd_kafka_resp_err_t code;
	size_t len = strlen(metadata);
	int rc = 0;

	(void)admin;
	if (!conf || kafka_conf_start(&asker.handle, KAFKA_ADMIN, conf, err))
		return -1;
	list = rd_kafka_topic_partition_list_new(1);
	p = rd_kafka_topic_partition_list_add(list, topic, partition);
	p->offset = next;
	p->metadata = len ? malloc(len) : NULL; /* the list frees it */
	assert(p->metadata || !len);
	p->metadata_size = len;
	if (len)
		memcpy(p->metadata, metadata, len);
	code = rd_kafka_commit(asker.handle.rk, list, 0);
	if (!code)
		code = list->elems[0].err;
	if (code == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID || code == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION)
		rc = err_set(err, ERR_RETRY, "The group %s has members: stop its service first.", group);
	else if (code)
		rc = kafka_admin_unanswered(&asker, code, group, err);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(asker.handle.rk);
	return rc;
}
