/* kafka: what needs no broker, which is the configuration. */
#include "kafka/kafka.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static const struct kafka_group group = {.group = "g", .topic = "t"};

static int reset(void **state)
{
	(void)state;
	clearenv();
	setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1", 1);
	return 0;
}

static void refused(const char *name, const char *value, const char *says)
{
	struct kafka_consumer *c;
	struct err err = {0};

	setenv(name, value, 1);
	assert_int_equal(kafka_consumer_open(&c, &group, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, says));
}

static void opens_as_consumer(void)
{
	struct kafka_consumer *c;
	struct err err = {0};

	assert_int_equal(kafka_consumer_open(&c, &group, &err), 0);
	kafka_consumer_close(c);
}

static void test_unknown_property(void **state)
{
	(void)state;
	refused("KAFKA_LINGER_MSS", "5", "linger.mss");
}

static void test_bad_value(void **state)
{
	(void)state;
	refused("KAFKA_SESSION_TIMEOUT_MS", "soon", "session.timeout.ms");
}

static void test_fixed_property(void **state)
{
	(void)state;
	refused("KAFKA_ENABLE_AUTO_COMMIT", "true", "enable.auto.commit");
}

static void test_fixed_property_by_its_alias(void **state)
{
	struct kafka_producer *p;
	struct err err = {0};

	(void)state;
	setenv("KAFKA_REQUEST_REQUIRED_ACKS", "1", 1);
	assert_int_equal(kafka_producer_open(&p, NULL, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, "acks"));
}

static void test_fixed_property_given_as_it_is(void **state)
{
	(void)state;
	setenv("KAFKA_ENABLE_AUTO_COMMIT", "false", 1);
	opens_as_consumer();
}

static void test_group_is_the_programs(void **state)
{
	(void)state;
	refused("KAFKA_GROUP_ID", "other", "group.id");
}

static void test_other_sides_property_is_left_out(void **state)
{
	struct kafka_producer *p;
	struct err err = {0};

	(void)state;
	setenv("KAFKA_LINGER_MS", "7", 1);
	setenv("KAFKA_SESSION_TIMEOUT_MS", "9000", 1);
	setenv("KAFKA_HEAP_OPTS", "-Xmx1g", 1);
	opens_as_consumer();
	assert_int_equal(kafka_producer_open(&p, NULL, NULL, &err), 0);
	kafka_producer_close(p);
}

static void test_no_servers(void **state)
{
	(void)state;
	unsetenv("KAFKA_BOOTSTRAP_SERVERS");
	refused("KAFKA_CLIENT_ID", "x", "KAFKA_BOOTSTRAP_SERVERS");
}

static void test_value_in_a_file(void **state)
{
	char path[] = "/tmp/kafka_test.XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "never\n", 6), 6);
	close(fd);
	refused("KAFKA_SESSION_TIMEOUT_MS_FILE", path, "session.timeout.ms");
	assert_int_equal(truncate(path, 0), 0);
	unlink(path);
	refused("KAFKA_SESSION_TIMEOUT_MS_FILE", path, "cannot be read");
}

static void test_too_large_record(void **state)
{
	static char value[2000000];
	struct kafka_record record = {.partition = -1, .value = value, .value_len = sizeof value};
	struct kafka_producer *p;
	struct err err = {0};
	int topic;

	(void)state;
	assert_int_equal(kafka_producer_open(&p, NULL, NULL, &err), 0);
	topic = kafka_producer_topic(p, "t", &err);
	assert_int_equal(topic, kafka_producer_topic(p, "t", &err));
	assert_int_equal(kafka_produce(p, topic, &record, &err), -1);
	assert_int_equal(err.kind, ERR_MESSAGE);
	assert_int_equal(err.reason, REASON_TOO_LARGE);
	record.value_len = 10;
	assert_int_equal(kafka_produce(p, topic, &record, &err), 0);
	assert_int_equal(kafka_producer_flush(p, 50, &err), -1);
	assert_int_equal(err.kind, ERR_RETRY);
	kafka_producer_close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_unknown_property, reset),
		cmocka_unit_test_setup(test_bad_value, reset),
		cmocka_unit_test_setup(test_fixed_property, reset),
		cmocka_unit_test_setup(test_fixed_property_by_its_alias, reset),
		cmocka_unit_test_setup(test_fixed_property_given_as_it_is, reset),
		cmocka_unit_test_setup(test_group_is_the_programs, reset),
		cmocka_unit_test_setup(test_other_sides_property_is_left_out, reset),
		cmocka_unit_test_setup(test_no_servers, reset),
		cmocka_unit_test_setup(test_value_in_a_file, reset),
		cmocka_unit_test_setup(test_too_large_record, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
