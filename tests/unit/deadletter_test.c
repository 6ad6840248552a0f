#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <avro.h>
#include <stdlib.h>
#include <string.h>

#include "avro/avroread.h"
#include "incident/deadletter.h"

#define TEXT(s) ((struct incident_text){s, sizeof(s) - 1})

static const struct deadletter_header headers[] = {
	{TEXT("ce_id"), "\x01\xff", 2},
	{TEXT("bad\xff"), "x", 1},
	{TEXT("empty"), "", 0},
	{TEXT("null"), NULL, 5},
};
static const struct deadletter letter = {
	.reason = REASON_BAD_TIME,
	.detail = TEXT("f\xc3\xa4lt 3"),
	.topic = TEXT("feed.press"),
	.partition = 3,
	.offset = 77,
	.epoch = 5,
	.append_time = 1780000000000,
	.headers = headers,
	.header_count = 4,
	.key = "k",
	.key_len = 1,
	.value = "{\xff\x02",
	.value_len = 3,
};

/* Avro-C's reader says what is in the record. */
static char *as_json(const struct buf *bytes)
{
	avro_reader_t in = avro_reader_memory((const char *)bytes->data + 10, (int64_t)bytes->len - 10);
	avro_schema_t schema;
	avro_value_iface_t *iface;
	avro_value_t value;
	char *json = NULL;
	size_t size;

	assert_int_equal(avro_schema_from_json_length(deadletter_schema, strlen(deadletter_schema), &schema), 0);
	iface = avro_generic_class_from_schema(schema);
	assert_int_equal(avro_generic_value_new(iface, &value), 0);
	assert_int_equal(avro_value_read(in, &value), 0);
	assert_int_equal(avro_value_sizeof(&value, &size), 0);
	assert_int_equal(size, bytes->len - 10);
	assert_int_equal(avro_value_to_json(&value, 1, &json), 0);
	avro_value_decref(&value);
	avro_value_iface_decref(iface);
	avro_schema_decref(schema);
	avro_reader_free(in);
	return json;
}

static void decodes_what_it_encodes(void **state)
{
	struct deadletter_header room[DEADLETTER_HEADERS_MAX];
	struct deadletter out;
	struct err err = {0};
	struct buf bytes;

	(void)state;
	buf_init(&bytes, 4096);
	deadletter_encode(&letter, &bytes);
	assert_int_equal(deadletter_decode(bytes.data, bytes.len, room, &out, &err), 0);
	assert_int_equal(out.reason, REASON_BAD_TIME);
	assert_int_equal(out.partition, 3);
	assert_int_equal(out.offset, 77);
	assert_int_equal(out.append_time, 1780000000000);
	assert_int_equal(out.header_count, 3);
	assert_memory_equal(out.headers[0].value, "\x01\xff", 2);
	assert_null(out.headers[2].value);
	assert_int_equal(out.value_len, 3);
	assert_memory_equal(out.value, letter.value, 3);
	for (size_t len = 0; len < bytes.len; len++) /* cut off anywhere, it is refused */
		assert_int_equal(deadletter_decode(bytes.data, len, room, &out, &err), -1);
	for (size_t at = 10; at < bytes.len; at++) { /* any length gone wrong stays inside */
		uint8_t was = bytes.data[at];

		bytes.data[at] = 0xFE;
		if (deadletter_decode(bytes.data, bytes.len, room, &out, &err) == 0)
			assert_true(out.value_len <= bytes.len);
		bytes.data[at] = was;
	}
	buf_release(&bytes);
}

static void avro_c_agrees(void **state)
{
	struct buf out;
	char *json;

	(void)state;
	buf_init(&out, 4096);
	assert_int_equal(deadletter_encode(&letter, &out), 1);
	assert_false(out.overflow);
	json = as_json(&out);
	assert_string_equal(json, "{\"reason\": \"bad-time\", \"detail\": \"f\\u00E4lt 3\", "
				  "\"topic\": \"feed.press\", \"partition\": 3, "
				  "\"offset\": 77, \"epoch\": 5, \"append_time\": 1780000000000, "
				  "\"headers\": [{\"name\": \"ce_id\", "
				  "\"value\": {\"bytes\": \"\\u0001\\u00FF\"}}, {\"name\": "
				  "\"empty\", \"value\": {\"bytes\": \"\"}}, "
				  "{\"name\": \"null\", \"value\": null}], \"key\": {\"bytes\": "
				  "\"k\"}, \"value\": {\"bytes\": \"{\\u00FF\\u0002\"}}");
	free(json);
	buf_release(&out);
}

static void our_reader_agrees(void **state)
{
	static const struct field_spec specs[] = {
		{"reason", true, FIELD_TEXT, 0}, {"key", false, FIELD_TEXT, 0}, {"value", false, FIELD_TEXT, 0}};
	struct deadletter bare = letter;
	struct avroread *reader;
	struct field f[3];
	struct err err;
	struct buf out;
	uint64_t fingerprint;

	(void)state;
	bare.key = bare.value = NULL;
	bare.header_count = 0;
	buf_init(&out, 4096);
	assert_int_equal(deadletter_encode(&bare, &out), 0);
	assert_int_equal(avroread_open(&reader, &err), 0);
	assert_int_equal(avroread_add(reader, deadletter_schema, strlen(deadletter_schema), &fingerprint, &err), 0);
	assert_true(fingerprint == deadletter_fingerprint());
	assert_int_equal(avroread_record(reader, out.data, out.len, specs, 3, f, &err), 0);
	assert_int_equal(f[0].len, 8);
	assert_int_equal(f[1].type, FIELD_NULL);
	assert_int_equal(f[2].type, FIELD_NULL);
	avroread_close(reader);
	buf_release(&out);
}

/* However many and large the headers, the record fits what topic deadletters allows. */
static void sizes_are_limited(void **state)
{
	static struct deadletter_header many[100];
	static char big[40000], text[1000];
	struct deadletter over = letter;
	struct buf out;
	char *json;
	size_t i;

	(void)state;
	memset(text, 'x', sizeof text);
	text[INCIDENT_DETAIL_MAX - 1] = '\xc3';
	text[INCIDENT_DETAIL_MAX] = '\xa4';
	for (i = 0; i < 100; i++)
		many[i] = (struct deadletter_header){TEXT("name"), big, i < 3 ? sizeof big : 8};
	over.headers = many;
	over.header_count = 100;
	over.detail = (struct incident_text){text, sizeof text};
	over.topic = TEXT("\xff");
	buf_init(&out, DEADLETTER_OVERHEAD_MAX + 4);
	assert_int_equal(deadletter_encode(&over, &out), 36 + 2);
	assert_false(out.overflow);
	json = as_json(&out);
	assert_non_null(strstr(json, "\"topic\": \"\""));
	free(json);
	buf_release(&out);
	buf_init(&out, 1000);
	assert_int_equal(deadletter_encode(&over, &out), 38);
	assert_true(out.overflow);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(avro_c_agrees),
		cmocka_unit_test(decodes_what_it_encodes),
		cmocka_unit_test(our_reader_agrees),
		cmocka_unit_test(sizes_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
