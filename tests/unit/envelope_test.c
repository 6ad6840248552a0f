#include "normalizer/envelope.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static struct jsonread *reader;
static struct envelope got;
static struct err err;

static int setup(void **state)
{
	(void)state;
	return jsonread_open(&reader, 4096, &err);
}

static int teardown(void **state)
{
	(void)state;
	jsonread_close(reader);
	return 0;
}

static int open_as(const char *type, const char *value)
{
	err = (struct err){0};
	return envelope_open(reader, (struct incident_text){type, type ? strlen(type) : 0}, value, strlen(value), &got,
			     &err);
}

static void assert_data(const char *expected)
{
	assert_int_equal(got.len, strlen(expected));
	assert_memory_equal(got.data, expected, got.len);
}

static void assert_refused(const char *type, const char *value, enum err_reason reason)
{
	assert_int_equal(open_as(type, value), -1);
	assert_int_equal(err.kind, ERR_MESSAGE);
	assert_int_equal(err.reason, reason);
}

/* In binary mode, and without CloudEvents, the value is the event. */
static void bytes_are_taken_as_they_are(void **state)
{
	static const char *const types[] = {NULL,
					    "",
					    "application/json",
					    "APPLICATION/JSON; charset=utf-8",
					    " application/json",
					    "text/json",
					    "application/avro",
					    "avro/binary",
					    "application/vnd.kommun.se+json",
					    "application/octet-stream"};

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		assert_int_equal(open_as(types[i], "{\"id\": 1}"), 0);
		assert_data("{\"id\": 1}");
		assert_null(got.time.text);
	}
}

static void a_structured_event_is_unwrapped(void **state)
{
	static const char *const types[] = {"application/cloudevents+json",
					    "Application/CloudEvents+JSON; charset=UTF-8"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(
			open_as(types[i],
				"{\"specversion\":\"1.0\",\"time\":\"2026-05-27T10:00:00Z\",\"data\":{\"id\": 1}}"),
			0);
		assert_data("{\"id\": 1}");
		assert_int_equal(got.time.len, 20);
		assert_memory_equal(got.time.text, "2026-05-27T10:00:00Z", 20);
	}
	assert_int_equal(open_as(types[0], "{\"specversion\":\"1.0\",\"data\":{}}"), 0);
	assert_null(got.time.text);
}

static void what_cannot_be_unwrapped_is_refused(void **state)
{
	const char *type = "application/cloudevents+json";

	(void)state;
	assert_refused(type, "{\"specversion\":\"1.0\"}", REASON_MISSING_FIELD);
	assert_refused(type, "{\"data\":{}}", REASON_MISSING_FIELD);
	assert_refused(type, "{\"specversion\":1,\"data\":{}}", REASON_BAD_VALUE);
	assert_refused(type, "{\"specversion\":\"1.0\",", REASON_SYNTAX);
	assert_refused(type, "[]", REASON_SCHEMA);
}

static void other_formats_are_refused(void **state)
{
	(void)state;
	assert_refused("application/cloudevents-batch+json", "[]", REASON_SCHEMA);
	assert_refused("application/cloudevents+avro", "{}", REASON_SCHEMA);
	assert_refused("application/cloudevents", "{}", REASON_SCHEMA);
	assert_refused("text/csv", "a,b", REASON_SCHEMA);
	assert_refused("application/jsonp", "{}", REASON_SCHEMA);
	assert_refused("json", "{}", REASON_SCHEMA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_taken_as_they_are),
		cmocka_unit_test(a_structured_event_is_unwrapped),
		cmocka_unit_test(what_cannot_be_unwrapped_is_refused),
		cmocka_unit_test(other_formats_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
