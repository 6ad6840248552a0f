#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "avro/avroread.h"

#define RECORD(fields) "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define BYTES(s) s, sizeof(s) - 1

static const char rich[] = RECORD("{\"name\":\"i\",\"type\":\"int\"},{\"name\":\"l\",\"type\":\"long\"},{\"name\":"
				  "\"s\",\"type\":[\"null\",\"string\"]},"
				  "{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\","
				  "\"BB\"]}},{\"name\":\"b\",\"type\":\"boolean\"},"
				  "{\"name\":\"d\",\"type\":\"double\"},{\"name\":\"f\",\"type\":\"float\"},"
				  "{\"name\":\"x\",\"type\":{\"type\":\"fixed\",\"name\":\"F\",\"size\":3}},{\"name\":"
				  "\"y\",\"type\":[\"bytes\",\"null\"]},"
				  "{\"name\":\"loc\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"L\","
				  "\"fields\":[{\"name\":\"name\",\"type\":\"string\"},"
				  "{\"name\":\"e2\",\"type\":\"E\"}]}]},{\"name\":\"a\",\"type\":{\"type\":\"array\","
				  "\"items\":[\"null\",\"string\",\"long\"]}},"
				  "{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":\"L\"}},{\"name\":\"n\","
				  "\"type\":\"null\"}");

static const char rich_bytes[] = "\x01"
				 "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"
				 "\x02\x06"
				 "a\xc3\xa5"
				 "\x02"
				 "\x01"
				 "\0\0\0\0\0\0\xf8\x3f"
				 "\0\0\0\xc0"
				 "\xff\0\x01"
				 "\0\x04\0\xff"
				 "\x02\x02x\x02"
				 "\x03\x08\x02\x02z\x00\x02\x04\x08\0"
				 "\x02\x02k\x02v\0\0";

static const struct field_spec specs[] = {
	{"i", false, 0, 0}, {"l", false, 0, 0},	     {"s", false, 0, 0},	{"e", false, 0, 0},
	{"b", false, 0, 0}, {"d", false, 0, 0},	     {"f", false, 0, 0},	{"x", false, 0, 0},
	{"y", false, 0, 0}, {"loc", false, 0, 0},    {"loc.name", false, 0, 0}, {"loc.e2", false, 0, 0},
	{"a", false, 0, 0}, {"m", false, 0, 0},	     {"n", false, 0, 0},	{"none", false, 0, 0},
	{"i", false, 0, 0}, {"m.name", false, 0, 0},
};
enum { I, L, S, E, B, D, F, X, Y, LOC, LOC_NAME, LOC_E2, A, M, N, NONE, AGAIN, M_NAME, SPECS };

static struct avroread *reader;

static uint64_t add(const char *json)
{
	struct err err = {0};
	uint64_t fingerprint = 0;

	if (avroread_add(reader, json, strlen(json), &fingerprint, &err))
		fail_msg("%s", err.text);
	return fingerprint;
}

/* An exact-size heap copy, kept until the next call. */
static int read_body(uint64_t fingerprint, const void *bytes, size_t len, struct field *fields, struct err *err)
{
	static uint8_t *copy;

	free(copy);
	copy = NULL;
	memset(err, 0, sizeof *err);
	if (!bytes)
		return 0;
	copy = malloc(len ? len : 1);
	memcpy(copy, bytes, len);
	return avroread_body(reader, fingerprint, copy, len, specs, SPECS, fields, err);
}

static void assert_text(const struct field *f, const char *text, size_t len)
{
	assert_int_equal(f->type, FIELD_TEXT);
	assert_int_equal(f->len, len);
	assert_memory_equal(f->text, text, len);
}

static void reads_every_type(void **state)
{
	struct field f[SPECS];
	struct err err;

	(void)state;
	assert_int_equal(read_body(add(rich), BYTES(rich_bytes), f, &err), 0);
	assert_true(f[I].type == FIELD_INT && f[I].number == -1 && f[I].real == -1);
	assert_true(f[L].type == FIELD_INT && f[L].number == INT64_MAX);
	assert_text(&f[S], "a\xc3\xa5", 3);
	assert_text(&f[E], "BB", 2);
	assert_true(f[B].type == FIELD_BOOL && f[B].number == 1);
	assert_true(f[D].type == FIELD_REAL && f[D].real == 1.5);
	assert_true(f[F].type == FIELD_REAL && f[F].real == -2);
	assert_text(&f[X], "\xff\0\x01", 3);
	assert_text(&f[Y], "\0\xff", 2);
	assert_int_equal(f[LOC].type, FIELD_OTHER);
	assert_text(&f[LOC_NAME], "x", 1);
	assert_text(&f[LOC_E2], "BB", 2);
	assert_int_equal(f[A].type, FIELD_OTHER);
	assert_int_equal(f[M].type, FIELD_OTHER);
	assert_int_equal(f[N].type, FIELD_NULL);
	assert_int_equal(f[NONE].type, FIELD_ABSENT);
	assert_int_equal(f[AGAIN].number, -1);
	assert_int_equal(f[M_NAME].type, FIELD_ABSENT);
}

static void assert_message(const struct err *err)
{
	assert_int_equal(err->kind, ERR_MESSAGE);
	assert_true(err->reason == REASON_SCHEMA || err->reason == REASON_ENCODING);
	assert_true(err->text[0] != 0);
}

static void every_truncation_is_refused(void **state)
{
	struct field f[SPECS];
	struct err err;
	uint64_t fingerprint = add(rich);
	size_t len;

	(void)state;
	for (len = 0; len < sizeof rich_bytes - 1; len++) {
		assert_int_equal(read_body(fingerprint, rich_bytes, len, f, &err), -1);
		assert_message(&err);
	}
	assert_int_equal(read_body(fingerprint, rich_bytes, sizeof rich_bytes, f, &err), -1); /* its NUL trails */
	assert_message(&err);
}

static void every_flipped_byte_is_valid_or_refused(void **state)
{
	uint64_t fingerprint = add(rich);
	struct field f[SPECS];
	uint8_t bytes[sizeof rich_bytes - 1];
	struct err err;
	size_t i;
	int x, k, sum = 0;

	(void)state;
	memcpy(bytes, rich_bytes, sizeof bytes);
	for (i = 0; i < sizeof bytes; i++)
		for (x = 1; x < 256; x++) {
			bytes[i] ^= (uint8_t)x;
			if (read_body(fingerprint, bytes, sizeof bytes, f, &err))
				assert_message(&err);
			else
				for (k = 0; k < SPECS; k++)
					if (f[k].type == FIELD_TEXT && f[k].len)
						sum += f[k].text[f[k].len - 1]; /* the views are readable */
			bytes[i] ^= (uint8_t)x;
		}
	assert_true(sum != 0x7fffffff);
}

static void refuses(const char *schema, const void *bytes, size_t len, enum err_reason reason)
{
	struct field f[SPECS];
	struct err err;

	assert_int_equal(read_body(add(schema), bytes, len, f, &err), -1);
	assert_int_equal(err.kind, ERR_MESSAGE);
	assert_string_equal(err_reason_name(err.reason), err_reason_name(reason));
}

/* A registry's schema may call its fields as it likes: only the names that were asked for are said. */
static void says_no_name_of_its_own(void **state)
{
	static const char schema[] = RECORD("{\"name\":\"s\",\"type\":\"string\"},{\"name\":\"Agneta\",\"type\":{"
					    "\"type\":\"array\",\"items\":\"string\"}}");
	struct field f[SPECS];
	struct err err;

	(void)state;
	assert_int_equal(read_body(add(schema), BYTES("\x02\xff\x00"), f, &err), -1);
	assert_non_null(strstr(err.text, "field s"));
	assert_int_equal(read_body(add(schema), BYTES("\x02s\x02\x02\xff\x00"), f, &err), -1);
	assert_null(strstr(err.text, "Agneta"));
	assert_non_null(strstr(err.text, "(not read)"));
}

static void accepts(const char *schema, const void *bytes, size_t len)
{
	struct field f[SPECS];
	struct err err;

	if (read_body(add(schema), bytes, len, f, &err))
		fail_msg("%s", err.text);
}

#define ONE(type) RECORD("{\"name\":\"v\",\"type\":" type "}")

static void bad_scalars(void **state)
{
	(void)state;
	accepts(ONE("\"boolean\""), BYTES("\x01"));
	refuses(ONE("\"boolean\""), BYTES("\x07"), REASON_SCHEMA);
	accepts(ONE("\"int\""), BYTES("\xff\xff\xff\xff\x0f"));
	refuses(ONE("\"int\""), BYTES("\x80\x80\x80\x80\x10"), REASON_SCHEMA);
	accepts(ONE("\"long\""), BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
	refuses(ONE("\"long\""), BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), REASON_SCHEMA);
	refuses(ONE("\"long\""), BYTES("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), REASON_SCHEMA);
	refuses(ONE("\"int\""), BYTES("\x02\x02"), REASON_SCHEMA); /* trailing */
	refuses(ONE("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}"), BYTES("\x04"), REASON_SCHEMA);
	refuses(ONE("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}"), BYTES("\x01"), REASON_SCHEMA);
	refuses(ONE("[\"null\",\"int\"]"), BYTES("\x04"), REASON_SCHEMA);
	refuses(ONE("[\"null\",\"int\"]"), BYTES("\x01"), REASON_SCHEMA);
	accepts(ONE("[\"null\",\"int\"]"), BYTES("\x82\x00\x02")); /* branch 1, not written the shortest way */
	refuses(ONE("[\"int\",\"string\",\"null\"]"), BYTES("\x06"), REASON_SCHEMA);
}

static void bad_texts(void **state)
{
	(void)state;
	accepts(ONE("\"string\""), BYTES("\x00"));
	accepts(ONE("\"string\""), BYTES("\x14"
					 "12345678\xc3\xb6"));
	refuses(ONE("\"string\""), BYTES("\x02\xff"), REASON_ENCODING);
	refuses(ONE("\"string\""), BYTES("\x02\x00"), REASON_ENCODING);
	refuses(ONE("\"string\""),
		BYTES("\x14"
		      "12345678\xc3"
		      "x"),
		REASON_ENCODING);
	refuses(ONE("\"string\""),
		BYTES("\x14"
		      "1234567\0"
		      "9a"),
		REASON_ENCODING);
	refuses(ONE("\"string\""), BYTES("\x06\xed\xa0\x80"), REASON_ENCODING);
	refuses(ONE("\"string\""), BYTES("\x01"), REASON_SCHEMA);				      /* length -1 */
	refuses(ONE("\"string\""), BYTES("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"), REASON_SCHEMA); /* INT64_MAX */
	refuses(ONE("\"bytes\""), BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), REASON_SCHEMA);  /* INT64_MIN */
	refuses(ONE("\"bytes\""),
		BYTES("\x80\x80\x80\x80\x08"
		      "x"),
		REASON_SCHEMA); /* a gigabyte */
	accepts(ONE("\"bytes\""), BYTES("\x02\xff"));
}

#define NULLS ONE("{\"type\":\"array\",\"items\":\"null\"}")
#define LONGS ONE("{\"type\":\"array\",\"items\":\"long\"}")
#define MATRIX ONE("{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":\"null\"}}")
#define MAP ONE("{\"type\":\"map\",\"values\":\"long\"}")

static void bad_items(void **state)
{
	(void)state;
	accepts(NULLS, BYTES("\xa0\x9c\x01\x00")); /* 10000 */
	refuses(NULLS, BYTES("\xa2\x9c\x01\x00"), REASON_SCHEMA);
	refuses(NULLS, BYTES("\x80\xe1\xeb\x2f\x00"), REASON_SCHEMA); /* 50 million */
	refuses(NULLS, BYTES("\xa0\x9c\x01\x02\x00"), REASON_SCHEMA); /* 10000, then one more */
	refuses(NULLS, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00"), REASON_SCHEMA);
	refuses(MATRIX, BYTES("\x04\x90\x4e\x00\x92\x9c\x01\x00\x00"), REASON_SCHEMA);
	refuses(MATRIX, BYTES("\x04\xa0\x9c\x01\x00\x00\x00"), REASON_SCHEMA); /* 2 + 10000 */
	accepts(LONGS, BYTES("\x03\x04\x02\x04\x00"));
	refuses(LONGS, BYTES("\x03\x02\x02\x04\x00"), REASON_SCHEMA); /* the block's size lies */
	refuses(LONGS, BYTES("\x03\x01\x02\x04\x00"), REASON_SCHEMA);
	refuses(LONGS, BYTES("\x03\x7e\x02\x04\x00"), REASON_SCHEMA);
	refuses(LONGS, BYTES("\x02\x02"), REASON_SCHEMA); /* no end */
	accepts(MAP, BYTES("\x02\x02k\x02\x00"));
	refuses(MAP, BYTES("\x02\x02\xff\x02\x00"), REASON_ENCODING);
	refuses(MAP, BYTES("\x02\x08k\x02\x00"), REASON_SCHEMA);
}

static void refuses_schema(const char *json)
{
	struct err err = {0};

	assert_int_equal(avroread_add(reader, json, strlen(json), NULL, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_true(err.text[0] != 0);
}

/* Records of five records of five records ...: small as text, thousands of values laid out. */
static void refuses_a_wide_schema(void)
{
	char json[8192] = "", name[16];
	int level, i;

	snprintf(json, sizeof json, "{\"type\":\"record\",\"name\":\"T0\",\"fields\":[");
	for (level = 0; level < 6; level++) {
		snprintf(name, sizeof name, "T%d", level + 1);
		snprintf(json + strlen(json), 200,
			 "{\"name\":\"a\",\"type\":{\"type\":\"record\",\"name\":\"%s\",\"fields\":"
			 "[",
			 name);
	}
	snprintf(json + strlen(json), 100, "%s", "{\"name\":\"z\",\"type\":\"null\"}");
	for (level = 6; level > 0; level--) {
		snprintf(json + strlen(json), 100, "%s", "]}}");
		for (i = 0; i < 5; i++)
			snprintf(json + strlen(json), 200, ",{\"name\":\"b%d\",\"type\":\"T%d\"}", i, level);
	}
	snprintf(json + strlen(json), 100, "%s", "]}");
	refuses_schema(json);
}

static void bad_schemas(void **state)
{
	char deep[2000] = "\"int\"", next[2100];
	int i;

	(void)state;
	refuses_schema("\"int\"");
	refuses_schema("[\"int\"]");
	refuses_schema("{");
	refuses_schema("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":"
		       "\"Unknown\"}]}");
	refuses_schema("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":["
		       "\"null\",\"R\"]}]}");
	refuses_schema("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":{"
		       "\"type\":\"array\",\"items\":\"R\"}}]}");
	for (i = 0; i < AVROREAD_DEPTH_MAX; i++) {
		snprintf(next, sizeof next, "{\"type\":\"array\",\"items\":%s}", deep);
		memcpy(deep, next, strlen(next) + 1);
	}
	snprintf(next, sizeof next,
		 "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":%.1900s}"
		 "]}",
		 deep);
	refuses_schema(next);
	refuses_a_wide_schema();
}

/* The writer's schema has one field more, in the middle, or one fewer: fields go by name. */
static void schemas_evolve(void **state)
{
	static const char more[] = RECORD("{\"name\":\"i\",\"type\":\"int\"},{\"name\":\"new\","
					  "\"type\":{\"type\":\"array\",\"items\":\"string\"}},"
					  "{\"name\":\"s\",\"type\":\"string\"}");
	static const char fewer[] = RECORD("{\"name\":\"s\",\"type\":\"string\"}");
	struct field f[SPECS];
	struct err err;

	(void)state;
	assert_int_equal(read_body(add(more), BYTES("\x08\x02\x02q\x00\x02s"), f, &err), 0);
	assert_int_equal(f[I].number, 4);
	assert_text(&f[S], "s", 1);
	assert_int_equal(read_body(add(fewer), BYTES("\x02t"), f, &err), 0);
	assert_int_equal(f[I].type, FIELD_ABSENT);
	assert_text(&f[S], "t", 1);
}

static void a_null_record_has_no_members(void **state)
{
	static const char schema[] = RECORD("{\"name\":\"loc\",\"type\":[\"null\",{\"type\":"
					    "\"record\",\"name\":\"L\",\"fields\":["
					    "{\"name\":\"name\",\"type\":\"string\"}]}]}");
	struct field f[SPECS];
	struct err err;

	(void)state;
	assert_int_equal(read_body(add(schema), BYTES("\x00"), f, &err), 0);
	assert_int_equal(f[LOC].type, FIELD_NULL);
	assert_int_equal(f[LOC_NAME].type, FIELD_ABSENT);
}

static void framing(void **state)
{
	uint64_t fingerprint = add(ONE("\"int\""));
	uint8_t message[11] = {0xC3, 0x01};
	struct field f[SPECS];
	struct err err = {0};
	size_t len;

	(void)state;
	memcpy(message + 2, &fingerprint, 8);
	message[10] = 2;
	assert_true(avroread_framed(message, 11));
	assert_false(avroread_framed(message, 1));
	assert_false(avroread_framed("{}", 2));
	assert_int_equal(avroread_record(reader, message, 11, specs, SPECS, f, &err), 0);
	for (len = 0; len < 11; len++) {
		assert_int_equal(avroread_record(reader, message, len, specs, SPECS, f, &err), -1);
		assert_int_equal(err.reason, REASON_SCHEMA);
	}
	message[5] ^= 1;
	assert_int_equal(avroread_record(reader, message, 11, specs, SPECS, f, &err), -1);
	assert_int_equal(err.reason, REASON_UNKNOWN_SCHEMA);
}

static void directories(void **state)
{
	char dir[] = "/tmp/avroread.XXXXXX", path[64];
	struct err err = {0};
	FILE *file;

	(void)state;
	assert_int_equal(avroread_add_dir(reader, "/nonexistent", true, &err), 0);
	assert_int_equal(avroread_add_dir(reader, "/nonexistent", false, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_int_equal(avroread_add_dir(reader, SOURCE_DIR "/schemas", false, &err), 0);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/bad.avsc", dir);
	file = fopen(path, "w");
	fputs("\"int\"", file);
	fclose(file);
	assert_int_equal(avroread_add_dir(reader, dir, false, &err), -1);
	assert_non_null(strstr(err.text, "bad.avsc"));
	unlink(path);
	rmdir(dir);
}

static int open_reader(void **state)
{
	struct err err;

	(void)state;
	return avroread_open(&reader, &err);
}

static int close_reader(void **state)
{
	struct err err;

	(void)state;
	avroread_close(reader);
	avroread_close(NULL);
	return read_body(0, NULL, 0, NULL, &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_type),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_flipped_byte_is_valid_or_refused),
		cmocka_unit_test(bad_scalars),
		cmocka_unit_test(bad_texts),
		cmocka_unit_test(bad_items),
		cmocka_unit_test(says_no_name_of_its_own),
		cmocka_unit_test(bad_schemas),
		cmocka_unit_test(schemas_evolve),
		cmocka_unit_test(a_null_record_has_no_members),
		cmocka_unit_test(framing),
		cmocka_unit_test(directories),
	};

	return cmocka_run_group_tests(tests, open_reader, close_reader);
}
