/* kafka against librdkafka's mock cluster: produce and consume, metadata of a commit read back at
 * the next assignment, revoke on close, and the failures that a consumer must tell apart. */
#include "kafka/kafka.h"
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static rd_kafka_t *holder;
static rd_kafka_mock_cluster_t *cluster;

struct seen {
	int assigned, revoked, lost, partitions;
	int64_t committed, start, high;
	char metadata[96];
	int fail;
};

/* ---- a cluster for all tests ---- */

static int start(void **state)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[256];

	(void)state;
	clearenv();
	assert_int_equal(rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", why, sizeof why), RD_KAFKA_CONF_OK);
	holder = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
	assert_non_null(holder);
	cluster = rd_kafka_handle_mock_cluster(holder);
	assert_non_null(cluster);
	setenv("KAFKA_BOOTSTRAP_SERVERS", rd_kafka_mock_cluster_bootstraps(cluster), 1);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	rd_kafka_destroy(holder);
	return 0;
}

/* ---- helpers ---- */

static int on_assigned(void *ctx, struct kafka_assignment *as, size_t n, struct err *err)
{
	struct seen *seen = ctx;
	size_t i;

	seen->assigned++;
	if (seen->fail)
		return err_set(err, ERR_RETRY, "The positions cannot be read.");
	for (i = 0; i < n; i++) {
		seen->partitions++;
		as[i].start = KAFKA_BEGINNING;
		if (as[i].partition)
			continue; /* all is in partition 0 */
		if (seen->start >= 0)
			as[i].start = seen->start;
		seen->committed = as[i].committed;
		seen->high = as[i].high;
		snprintf(seen->metadata, sizeof seen->metadata, "%s", as[i].metadata);
	}
	return 0;
}

static void on_revoked(void *ctx, const int32_t *partitions, size_t n, bool lost)
{
	struct seen *seen = ctx;

	(void)partitions;
	seen->revoked += (int)n;
	seen->lost += lost;
}

static void on_delivered(void *ctx, uint64_t tag, int32_t partition, int64_t offset)
{
	uint64_t *sum = ctx;

	assert_true(partition >= 0 && offset >= 0);
	*sum += tag;
}

static struct kafka_consumer *open_consumer(const char *topic, const char *name, struct seen *seen)
{
	struct kafka_group group = {.group = name,
				    .topic = topic,
				    .want_committed = true,
				    .assigned = on_assigned,
				    .revoked = on_revoked,
				    .ctx = seen};
	struct kafka_consumer *c;
	struct err err = {0};

	assert_int_equal(kafka_consumer_open(&c, &group, &err), 0);
	return c;
}

static void produce(const char *topic, int count)
{
	struct kafka_record_header header = {"ce_id", "7", 1};
	struct kafka_record record = {.partition = 0, .key = "k", .key_len = 1, .value = "value", .value_len = 5};
	struct kafka_producer *p;
	struct err err = {0};
	uint64_t sum = 0;
	int i, t;

	assert_int_equal(kafka_producer_open(&p, on_delivered, &sum, &err), 0);
	t = kafka_producer_topic(p, topic, &err);
	assert_true(t >= 0);
	for (i = 1; i <= count; i++) {
		record.tag = (uint64_t)i;
		record.headers = i % 2 ? &header : NULL;
		record.header_count = (size_t)(i % 2);
		assert_int_equal(kafka_produce(p, t, &record, &err), 0);
	}
	assert_int_equal(kafka_producer_flush(p, 10000, &err), 0);
	assert_int_equal(sum, (uint64_t)count * (uint64_t)(count + 1) / 2);
	kafka_producer_close(p);
}

static void check_message(const struct kafka_message *m, int64_t offset)
{
	const char *value;
	size_t len;

	assert_int_equal(m->offset, offset);
	assert_int_equal(m->partition, 0);
	assert_int_equal(m->value_len, 5);
	assert_memory_equal(m->value, "value", 5);
	assert_memory_equal(m->key, "k", m->key_len);
	assert_true(m->append_ms > 0);
	assert_false(kafka_header(m, "none", &value, &len));
	assert_int_equal(kafka_header(m, "ce_id", &value, &len), offset % 2 == 0);
	if (offset % 2 == 0)
		assert_true(len == 1 && *value == '7');
}

/* Read until `count` messages have come; they must be the offsets from `first` on. */
static void read_from(struct kafka_consumer *c, int64_t first, int count)
{
	struct kafka_message m[16];
	struct err err = {0};
	int n = 0, got, i, turns;

	for (turns = 0; n < count && turns < 600; turns++) {
		got = kafka_consumer_batch(c, m, 16, 50, &err);
		assert_true(got >= 0);
		for (i = 0; i < got; i++, n++)
			check_message(&m[i], first + n);
		kafka_consumer_release(m, (size_t)got);
	}
	assert_int_equal(n, count);
}

static int read_failure(struct kafka_consumer *c, struct err *err)
{
	struct kafka_message m[16];
	int got, turns;

	for (turns = 0; turns < 400; turns++) {
		got = kafka_consumer_batch(c, m, 16, 50, err);
		if (got < 0)
			return err->kind;
		kafka_consumer_release(m, (size_t)got);
	}
	return ERR_NONE;
}

/* ---- tests ---- */

static void test_commit_and_read_back(void **state)
{
	struct seen seen = {.start = -1};
	struct kafka_commit commit = {.partition = 0, .next = 60, .metadata = "1700000000000,60,1700000000123"};
	struct err err = {0};
	struct kafka_consumer *c;

	(void)state;
	produce("one", 100);
	c = open_consumer("one", "g1", &seen);
	read_from(c, 0, 100);
	assert_true(kafka_consumer_owns(c, 0));
	assert_false(kafka_consumer_owns(c, 99));
	assert_int_equal(seen.committed, -1);
	assert_string_equal(seen.metadata, "");
	assert_int_equal(seen.high, 100);
	assert_int_equal(kafka_consumer_commit(c, &commit, 1, true, &err), 0);
	assert_int_equal(kafka_consumer_dropped(c), 0);
	kafka_consumer_close(c);
	assert_int_equal(seen.revoked, seen.partitions);
	assert_int_equal(seen.lost, 0);

	seen = (struct seen){.start = 60};
	c = open_consumer("one", "g1", &seen);
	read_from(c, 60, 40);
	assert_int_equal(seen.committed, 60);
	assert_string_equal(seen.metadata, commit.metadata);
	kafka_consumer_close(c);
}

static void test_failing_assignment(void **state)
{
	struct seen seen = {.fail = 1};
	struct err err = {0};
	struct kafka_consumer *c;

	(void)state;
	produce("two", 10);
	c = open_consumer("two", "g2", &seen);
	assert_int_equal(read_failure(c, &err), ERR_RETRY);
	assert_string_equal(err.text, "The positions cannot be read.");
	assert_false(kafka_consumer_owns(c, 0));
	assert_int_equal(read_failure(c, &err), ERR_RETRY);
	kafka_consumer_close(c);
	assert_int_equal(seen.revoked, 0);
}

static void test_offset_out_of_range(void **state)
{
	struct seen seen = {.start = 1000};
	struct err err = {0};
	struct kafka_consumer *c;

	(void)state;
	produce("three", 10);
	c = open_consumer("three", "g3", &seen);
	assert_int_equal(read_failure(c, &err), ERR_DATA_LOSS);
	assert_non_null(strstr(err.text, "three"));
	kafka_consumer_close(c);
}

static void test_broker_away_is_no_error(void **state)
{
	struct seen seen = {.start = -1};
	struct kafka_message m[4];
	struct err err = {0};
	struct kafka_consumer *c;
	int i;

	(void)state;
	produce("four", 10);
	c = open_consumer("four", "g4", &seen);
	read_from(c, 0, 10);
	assert_int_equal(rd_kafka_mock_broker_set_down(cluster, 1), 0);
	for (i = 0; i < 20; i++)
		assert_int_equal(kafka_consumer_batch(c, m, 4, 50, &err), 0);
	assert_int_equal(rd_kafka_mock_broker_set_up(cluster, 1), 0);
	produce("four", 10);
	read_from(c, 10, 0);
	kafka_consumer_close(c);
}

static void test_fatal_delivery(void **state)
{
	struct kafka_record record = {.partition = 0, .value = "value", .value_len = 5};
	struct kafka_producer *p;
	struct err err = {0};
	uint64_t sum = 0;
	int t;

	(void)state;
	produce("five", 1);
	assert_int_equal(kafka_producer_open(&p, on_delivered, &sum, &err), 0);
	t = kafka_producer_topic(p, "five", &err);
	rd_kafka_mock_push_request_errors(cluster, 0, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
	record.tag = 1;
	assert_int_equal(kafka_produce(p, t, &record, &err), 0);
	assert_int_equal(kafka_producer_flush(p, 10000, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_int_equal(sum, 0);
	assert_int_equal(kafka_produce(p, t, &record, &err), -1);
	kafka_producer_close(p);
}

static void test_properties_of_its_own_mock(void **state)
{
	struct kafka_producer *p;
	struct kafka_record record = {.partition = -1, .value = "v", .value_len = 1, .tag = 3};
	struct err err = {0};
	uint64_t sum = 0;

	(void)state;
	unsetenv("KAFKA_BOOTSTRAP_SERVERS");
	setenv("KAFKA_TEST_MOCK_NUM_BROKERS", "1", 1);
	assert_int_equal(kafka_producer_open(&p, on_delivered, &sum, &err), 0);
	assert_int_equal(kafka_produce(p, kafka_producer_topic(p, "any", &err), &record, &err), 0);
	assert_int_equal(kafka_producer_flush(p, 10000, &err), 0);
	assert_int_equal(sum, 3);
	kafka_producer_close(p);
	unsetenv("KAFKA_TEST_MOCK_NUM_BROKERS");
	setenv("KAFKA_BOOTSTRAP_SERVERS", rd_kafka_mock_cluster_bootstraps(cluster), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commit_and_read_back), cmocka_unit_test(test_failing_assignment),
		cmocka_unit_test(test_offset_out_of_range),  cmocka_unit_test(test_broker_away_is_no_error),
		cmocka_unit_test(test_fatal_delivery),	     cmocka_unit_test(test_properties_of_its_own_mock),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
