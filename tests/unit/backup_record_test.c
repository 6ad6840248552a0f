/* backup_record: every record comes back as it was, null apart from empty; no bytes make it read beyond their end. */
#include "../../services/operator/backup_record.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct kafka_record_header back_headers[BACKUP_HEADERS_MAX];

static void same_bytes(const void *a, size_t a_len, const void *b, size_t b_len)
{
	assert_int_equal(a == NULL, b == NULL);
	assert_int_equal(a_len, b_len);
	if (a_len)
		assert_memory_equal(a, b, a_len);
}

static void there_and_back(const struct kafka_record *in, int64_t offset)
{
	struct kafka_record out;
	struct err err = {0};
	struct buf buf;
	int64_t at;
	size_t len;

	buf_init(&buf, 1 << 20);
	buf_byte(&buf, 'x'); /* appended */
	backup_record_encode(in, offset, &buf);
	len = (size_t)buf.data[1] << 24 | (size_t)buf.data[2] << 16 | (size_t)buf.data[3] << 8 | buf.data[4];
	assert_int_equal(len, buf.len - 5);
	assert_int_equal(backup_record_decode(buf.data + 5, len, &out, back_headers, &at, &err), 0);
	assert_int_equal(at, offset);
	assert_int_equal(out.create_ms, in->create_ms);
	same_bytes(in->key, in->key_len, out.key, out.key_len);
	same_bytes(in->value, in->value_len, out.value, out.value_len);
	assert_int_equal(in->header_count, out.header_count);
	for (size_t i = 0; i < in->header_count; i++) {
		assert_string_equal(in->headers[i].name, out.headers[i].name);
		same_bytes(in->headers[i].value, in->headers[i].len, out.headers[i].value, out.headers[i].len);
	}
	buf_release(&buf);
}

static const struct kafka_record_header headers[] = {
	{"a", "1", 1}, {"a", "", 0}, {"", NULL, 0}, {"\xc3\xa5", "\0x", 2}};

static void every_kind_comes_back(void **state)
{
	(void)state;
	there_and_back(&(struct kafka_record){.create_ms = 1}, 0);
	there_and_back(&(struct kafka_record){.key = "", .value = "", .create_ms = 1795434635960}, INT64_MAX);
	there_and_back(&(struct kafka_record){.key = "k\0y",
					      .key_len = 3,
					      .value = "v",
					      .value_len = 1,
					      .headers = headers,
					      .header_count = 4,
					      .create_ms = -1},
		       4711);
}

/* Copied so that the sanitizer sees a byte too far. */
static int decode(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct kafka_record out;
	struct err err = {0};
	int64_t at;
	int rc;

	memcpy(copy, bytes, len);
	rc = backup_record_decode(copy, len, &out, back_headers, &at, &err);
	assert_true(rc == 0 || err.kind == ERR_CONFIG);
	free(copy);
	return rc;
}

static void what_is_cut_or_longer_is_refused(void **state)
{
	struct kafka_record in = {
		.key = "key", .key_len = 3, .value = "value", .value_len = 5, .headers = headers, .header_count = 4};
	struct buf buf;

	(void)state;
	buf_init(&buf, 1 << 20);
	backup_record_encode(&in, 1, &buf);
	for (size_t len = 0; len < buf.len - 4; len++)
		assert_int_equal(decode(buf.data + 4, len), -1);
	assert_int_equal(decode(buf.data + 4, buf.len - 4), 0);
	buf_byte(&buf, 0);
	assert_int_equal(decode(buf.data + 4, buf.len - 4), -1);
	buf_release(&buf);
}

/* Any single byte another: read or refused, never beyond the end. */
static void no_byte_leads_astray(void **state)
{
	struct kafka_record in = {.key = "key", .key_len = 3, .headers = headers, .header_count = 4};
	struct buf buf;

	(void)state;
	buf_init(&buf, 1 << 20);
	backup_record_encode(&in, 1, &buf);
	for (size_t i = 4; i < buf.len; i++)
		for (int v = 0; v < 256; v += 5) {
			uint8_t was = buf.data[i];

			buf.data[i] = (uint8_t)v;
			(void)!decode(buf.data + 4, buf.len - 4);
			buf.data[i] = was;
		}
	buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back),
		cmocka_unit_test(what_is_cut_or_longer_is_refused),
		cmocka_unit_test(no_byte_leads_astray),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
