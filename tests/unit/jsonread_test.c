#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/jsonread.h"

#define BYTES_MAX (1u << 20)

static const struct field_spec specs[] = {
	{"id", true, FIELD_ABSENT, 0},		{"datetime", true, FIELD_TEXT, 0},
	{"name", false, FIELD_TEXT, 0},		{"type", true, FIELD_TEXT, 0},
	{"location.name", true, FIELD_TEXT, 0}, {"location.gps", false, FIELD_TEXT, 0},
	{"location", false, FIELD_OTHER, 0},
};
enum { ID, DATETIME, NAME, TYPE, LOCATION_NAME, LOCATION_GPS, LOCATION, SPECS };

static const char notice[] = "{\"id\":636459,\"datetime\":\"2026-05-26 19:04:45 +02:00\",\"name\":\"26 maj 17.40, "
			     "Skadeg\xc3\xb6relse, Kumla\","
			     "\"summary\":\"Skadeg\\u00f6relse p\xc3\xa5 "
			     "\\\"butik\\\"\",\"url\":\"/aktuellt/\",\"type\":\"Skadeg\\u00F6relse\","
			     "\"location\":{\"name\":\"\xc3\x96rebro "
			     "l\xc3\xa4n\",\"gps\":\"59.535036,15.006573\"},\"n\":[1,-2.5e3,true,null,{\"a\":"
			     "\"\\ud83d\\ude00\"}]}";

static struct jsonread *reader;

/* Read an exact-size heap copy, so that the sanitizer sees a byte read too far. */
static int read_copy(const char *text, size_t len, struct field *fields, struct err *err)
{
	char *copy = malloc(len ? len : 1);
	int result;

	memcpy(copy, text, len);
	memset(err, 0, sizeof *err);
	result = jsonread_record(reader, copy, len, specs, SPECS, fields, err);
	free(copy);
	return result;
}

static void refuses(const char *text, size_t len, enum err_reason reason)
{
	struct field fields[SPECS];
	struct err err;

	assert_int_equal(read_copy(text, len, fields, &err), -1);
	assert_int_equal(err.kind, ERR_MESSAGE);
	assert_string_equal(err_reason_name(err.reason), err_reason_name(reason));
	assert_true(err.text[0] != 0);
}

static void accepts(const char *text)
{
	struct field fields[SPECS];
	struct err err;

	assert_int_equal(read_copy(text, strlen(text), fields, &err), 0);
}

static void assert_text(const struct field *f, const char *text)
{
	assert_int_equal(f->type, FIELD_TEXT);
	assert_int_equal(f->len, strlen(text));
	assert_memory_equal(f->text, text, f->len);
}

static void reads_a_notice(void **state)
{
	struct field fields[SPECS];
	struct err err;

	(void)state;
	assert_int_equal(read_copy(notice, strlen(notice), fields, &err), 0);
	assert_int_equal(fields[ID].type, FIELD_INT);
	assert_int_equal(fields[ID].number, 636459);
	assert_true(fields[ID].real == 636459);
	assert_text(&fields[TYPE], "Skadeg\xc3\xb6relse");
	assert_text(&fields[LOCATION_NAME], "\xc3\x96rebro l\xc3\xa4n");
	assert_text(&fields[LOCATION_GPS], "59.535036,15.006573");
	assert_int_equal(fields[LOCATION].type, FIELD_OTHER);
}

static void values_have_types(void **state)
{
	static const struct field_spec types[] = {
		{"a", false, 0, 0}, {"b", false, 0, 0}, {"c", false, 0, 0}, {"d", false, 0, 0},	  {"e", false, 0, 0},
		{"f", false, 0, 0}, {"g", false, 0, 0}, {"a", false, 0, 0}, {"a.x", false, 0, 0}, {"f.x", false, 0, 0}};
	static const char text[] = "{\"a\":-9223372036854775808,\"b\":9223372036854775808,\"c\":1."
				   "0,\"d\":false,\"e\":null,"
				   "\"f\":{\"y\":{\"x\":1}},\"a.x\":3,\"x\":4}";
	struct field f[10];
	struct err err;

	(void)state;
	assert_int_equal(jsonread_record(reader, text, strlen(text), types, 10, f, &err), 0);
	assert_true(f[0].type == FIELD_INT && f[0].number == INT64_MIN);
	assert_true(f[1].type == FIELD_REAL && f[1].real == 9223372036854775808.0);
	assert_true(f[2].type == FIELD_REAL && f[2].real == 1.0);
	assert_true(f[3].type == FIELD_BOOL && f[3].number == 0);
	assert_int_equal(f[4].type, FIELD_NULL);
	assert_int_equal(f[5].type, FIELD_OTHER);
	assert_int_equal(f[6].type, FIELD_ABSENT);
	assert_true(f[7].type == FIELD_INT && f[7].number == INT64_MIN);
	assert_int_equal(f[8].type, FIELD_ABSENT);
	assert_int_equal(f[9].type, FIELD_ABSENT);
}

static void every_truncation_is_refused(void **state)
{
	struct field fields[SPECS];
	struct err err;
	size_t len;

	(void)state;
	for (len = 0; len < strlen(notice); len++) {
		assert_int_equal(read_copy(notice, len, fields, &err), -1);
		assert_true(err.kind == ERR_MESSAGE && err.reason != REASON_NONE && err.text[0]);
	}
}

static void every_flipped_byte_is_valid_or_refused(void **state)
{
	struct field fields[SPECS];
	char copy[sizeof notice];
	struct err err;
	size_t i;
	int x;

	(void)state;
	for (i = 0; i < strlen(notice); i++)
		for (x = 1; x < 256; x++) {
			memcpy(copy, notice, sizeof notice);
			copy[i] = (char)(copy[i] ^ x);
			if (read_copy(copy, strlen(notice), fields, &err))
				assert_true(err.kind == ERR_MESSAGE && err.reason != REASON_NONE && err.text[0]);
			else
				assert_true(memchr(copy, 0, strlen(notice)) == NULL);
		}
}

static void duplicate_keys(void **state)
{
	(void)state;
	refuses("{\"a\":1,\"a\":1}", 13, REASON_SYNTAX);
	refuses("{\"a\":1,\"\\u0061\":2}", 18, REASON_SYNTAX);
	refuses("{\"x\":[0,{\"long key here\":1,\"b\":2,\"long key here\":3}]}", 53, REASON_SYNTAX);
	accepts("{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":1}],\"\":1}");
	accepts("{\"abcdXefgh\":1,\"abcdYefgh\":2,\"abcdefgh\":1,\"ab\":1,\"ba\":1}");
}

static void bad_texts(void **state)
{
	(void)state;
	refuses("{\"a\":\"\\u0000\"}", 14, REASON_ENCODING);
	refuses("{\"a\\u0000b\":1}", 14, REASON_ENCODING);
	refuses("{\"a\":\"\0\"}", 9, REASON_SYNTAX);
	refuses("{\"a\":\"\xff\"}", 9, REASON_ENCODING);
	refuses("{\"a\":\"\xc0\x80\"}", 10, REASON_ENCODING);
	refuses("{\"a\":\"\xed\xa0\x80\"}", 11, REASON_ENCODING);
	refuses("{\"a\":\"\\udc00\"}", 14, REASON_ENCODING);
	refuses("{\"a\":\"\\ud800\\ud800\"}", 20, REASON_ENCODING);
	refuses("{\"a\":\"\\ud800\"}", 14, REASON_ENCODING);
	refuses("{\"a\":\"\\ud800\\u0041\"}", 20, REASON_ENCODING);
	refuses("{\"a\":\"\\ud800xxxxxx\"}", 20, REASON_ENCODING);
	accepts("{\"a\":\"\\\\u0000 \\ud83d\\ude00\"}");
}

static void bad_documents(void **state)
{
	(void)state;
	refuses("", 0, REASON_SYNTAX);
	refuses("   ", 3, REASON_SYNTAX);
	refuses("[1]", 3, REASON_SCHEMA);
	refuses("1", 1, REASON_SCHEMA);
	refuses("null", 4, REASON_SCHEMA);
	refuses("{} {}", 5, REASON_SYNTAX);
	refuses("{\"a\":1,}", 8, REASON_SYNTAX);
	refuses("{\"a\":NaN}", 9, REASON_SYNTAX);
	refuses("{'a':1}", 7, REASON_SYNTAX);
	refuses("{\"a\":012}", 9, REASON_BAD_VALUE);
	refuses("{\"a\":1e999}", 11, REASON_BAD_VALUE);
	refuses("{\"a\":99999999999999999999999}", 29, REASON_BAD_VALUE);
}

static char *nested(size_t depth, const char *open, const char *inner, const char *close)
{
	char *text = malloc(depth * (strlen(open) + strlen(close)) + strlen(inner) + 1), *p = text;
	size_t i;

	for (i = 0; i < depth; i++)
		p = stpcpy(p, open);
	p = stpcpy(p, inner);
	for (i = 0; i < depth; i++)
		p = stpcpy(p, close);
	return text;
}

static void depth_is_limited(void **state)
{
	char *text = nested(JSONREAD_DEPTH_MAX, "{\"a\":", "1", "}");

	(void)state;
	accepts(text);
	free(text);
	text = nested(JSONREAD_DEPTH_MAX + 1, "{\"a\":", "1", "}");
	refuses(text, strlen(text), REASON_SYNTAX);
	free(text);
	text = nested(JSONREAD_DEPTH_MAX, "{\"a\":", "[]", "}");
	refuses(text, strlen(text), REASON_SYNTAX);
	free(text);
	text = nested(100000, "[", "", "]");
	refuses(text, strlen(text), REASON_SYNTAX);
	free(text);
	text = nested(100000, "{\"a\":[", "1", "]}");
	refuses(text, strlen(text), REASON_SYNTAX);
	free(text);
}

static void sizes_are_limited(void **state)
{
	char *text = calloc(1, 10u << 20), *p;
	int i;

	(void)state;
	memset(text, ' ', 10u << 20);
	refuses(text, 10u << 20, REASON_TOO_LARGE);
	text[0] = '{';
	text[BYTES_MAX - 1] = '}';
	text[BYTES_MAX] = 0;
	accepts(text);
	for (i = 0, p = text; i <= JSONREAD_KEYS_MAX; i++)
		p += snprintf(p, 32, "%c\"k%d\":%d", i ? ',' : '{', i, i);
	p[0] = '}';
	p[1] = 0;
	refuses(text, strlen(text), REASON_TOO_LARGE);
	p = strrchr(text, ',');
	p[0] = '}';
	p[1] = 0;
	accepts(text);
	free(text);
}

static void members(void **state)
{
	static const char text[] = " { \"x\" : \"a}\\\"]\" , \"d\\u0061ta\" : {\"k\":[1,{\"}\":2}]} ,\"n\":-1.5}";
	const char *value;
	size_t len;
	struct err err;

	(void)state;
	assert_int_equal(jsonread_member(reader, text, strlen(text), "data", &value, &len, &err), 0);
	assert_int_equal(len, 17);
	assert_memory_equal(value, "{\"k\":[1,{\"}\":2}]}", 17);
	assert_int_equal(jsonread_member(reader, text, strlen(text), "n", &value, &len, &err), 0);
	assert_int_equal(len, 4);
	assert_memory_equal(value, "-1.5", 4);
	assert_int_equal(jsonread_member(reader, text, strlen(text), "x", &value, &len, &err), 0);
	assert_int_equal(len, 7);
	assert_int_equal(jsonread_member(reader, text, strlen(text), "none", &value, &len, &err), 0);
	assert_null(value);
	assert_int_equal(jsonread_member(reader, "{", 1, "none", &value, &len, &err), -1);
}

static int collect(void *ctx, const char *element, size_t len, struct err *err)
{
	char *out = ctx;

	(void)err;
	if (len == 4 && !memcmp(element, "true", 4))
		return 7;
	strncat(out, element, len);
	strncat(out, "|", 2);
	return 0;
}

static void elements(void **state)
{
	static const char text[] = "{\"a\":0,\"list\": [ {\"b\":[1]} ,\"]\",2 , [ ] ],\"e\":[],\"t\":[1,true,2]}";
	char out[100] = "";
	struct err err = {0};

	(void)state;
	assert_int_equal(jsonread_each(reader, text, strlen(text), "list", collect, out, &err), 0);
	assert_string_equal(out, "{\"b\":[1]}|\"]\"|2|[ ]|");
	out[0] = 0;
	assert_int_equal(jsonread_each(reader, text, strlen(text), "e", collect, out, &err), 0);
	assert_string_equal(out, "");
	assert_int_equal(jsonread_each(reader, text, strlen(text), "t", collect, out, &err), 7);
	assert_string_equal(out, "1|");
	assert_int_equal(jsonread_each(reader, text, strlen(text), "a", collect, out, &err), -1);
	assert_int_equal(err.reason, REASON_SCHEMA);
	assert_int_equal(jsonread_each(reader, text, strlen(text), "z", collect, out, &err), -1);
	assert_int_equal(err.reason, REASON_MISSING_FIELD);
}

static int open_reader(void **state)
{
	struct err err;

	(void)state;
	return jsonread_open(&reader, BYTES_MAX, &err);
}

static int close_reader(void **state)
{
	(void)state;
	jsonread_close(reader);
	jsonread_close(NULL);
	return 0;
}

static enum err_reason strictly(const char *text)
{
	static const struct field_spec agreed[] = {{.path = "a"}, {.path = "b.c"}, {.path = "d", .type = FIELD_OTHER}};
	struct field fields[3];
	struct jsonread *strict;
	struct err err = {0};
	int result;

	assert_int_equal(jsonread_open(&strict, 4096, &err), 0);
	jsonread_strict(strict);
	result = jsonread_record(strict, text, strlen(text), agreed, 3, fields, &err);
	jsonread_close(strict);
	assert_int_equal(result < 0, err.kind == ERR_MESSAGE);
	return err.reason;
}

static void strict_lets_agreed_members_through_only(void **state)
{
	(void)state;
	assert_int_equal(strictly("{\"a\":1,\"b\":{\"c\":2},\"d\":{\"x\":[{\"y\":1}]}}"), REASON_NONE);
	assert_int_equal(strictly("{\"a\":1,\"x\":null}"), REASON_PERSONAL_DATA);
	assert_int_equal(strictly("{\"a\":{\"x\":1}}"), REASON_PERSONAL_DATA);
	assert_int_equal(strictly("{\"a\":[1,[{\"x\":1}]]}"), REASON_PERSONAL_DATA);
	assert_int_equal(strictly("{\"b\":{\"c\":2,\"x\":1}}"), REASON_PERSONAL_DATA);
	assert_int_equal(strictly("{\"b\":{\"c\":{\"c\":1}}}"), REASON_PERSONAL_DATA);
	assert_int_equal(strictly("{\"d\":{\"x\":1},\"x\":1}"), REASON_PERSONAL_DATA); /* strict again after d */
	assert_int_equal(strictly("{\"c\":1}"), REASON_PERSONAL_DATA);
	assert_int_equal(strictly("{\"d\":{\"x\":1,\"x\":2}}"), REASON_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_notice),
		cmocka_unit_test(values_have_types),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_flipped_byte_is_valid_or_refused),
		cmocka_unit_test(duplicate_keys),
		cmocka_unit_test(bad_texts),
		cmocka_unit_test(bad_documents),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(sizes_are_limited),
		cmocka_unit_test(members),
		cmocka_unit_test(elements),
		cmocka_unit_test(strict_lets_agreed_members_through_only),
	};

	return cmocka_run_group_tests(tests, open_reader, close_reader);
}
