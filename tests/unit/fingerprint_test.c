/* Golden values: the Avro project's own table for canonical forms and fingerprints
 * (share/test/data/schema-tests.txt). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "avro/fingerprint.h"

static const struct {
	const char *schema, *canonical;
	int64_t fingerprint;
} golden[] = {
	{"\"null\"", "\"null\"", 7195948357588979594},
	{" {\"type\":\"null\"} ", "\"null\"", 7195948357588979594},
	{"\"boolean\"", "\"boolean\"", -6970731678124411036},
	{"\"int\"", "\"int\"", 0x7275d51a3f395c8f},
	{"{\"type\":\"int\",\"logicalType\":\"date\"}", "\"int\"", 0x7275d51a3f395c8f},
	{"\"long\"", "\"long\"", -3434872931120570953},
	{"\"float\"", "\"float\"", 5583340709985441680},
	{"\"double\"", "\"double\"", -8181574048448539266},
	{"\"bytes\"", "\"bytes\"", 5746618253357095269},
	{"\"string\"", "\"string\"", -8142146995180207161},
	{"[  ]", "[]", -1241056759729112623},
	{"[ \"int\"  ]", "[\"int\"]", -5232228896498058493},
	{"[ \"int\" , {\"type\":\"boolean\"} ]", "[\"int\",\"boolean\"]", 5392556393470105090},
	{"{\"fields\":[], \"type\":\"record\", \"name\":\"foo\"}",
	 "{\"name\":\"foo\",\"type\":\"record\",\"fields\":[]}", -4824392279771201922},
	{"{\"fields\":[], \"type\":\"record\", \"name\":\"foo\", \"namespace\":\"x.y\"}",
	 "{\"name\":\"x.y.foo\",\"type\":\"record\",\"fields\":[]}", 5916914534497305771},
	{"{\"fields\":[], \"type\":\"record\", \"name\":\"a.b.foo\", \"namespace\":\"x.y\"}",
	 "{\"name\":\"a.b.foo\",\"type\":\"record\",\"fields\":[]}", -4616218487480524110},
	{"{\"fields\":[], \"type\":\"record\", \"name\":\"foo\", \"doc\":\"d\", "
	 "\"aliases\":[\"foo\",\"bar\"]}",
	 "{\"name\":\"foo\",\"type\":\"record\",\"fields\":[]}", -4824392279771201922},
	{"{\"fields\":[{\"type\":{\"type\":\"boolean\"}, \"name\":\"f1\"}], \"type\":\"record\", "
	 "\"name\":\"foo\"}",
	 "{\"name\":\"foo\",\"type\":\"record\",\"fields\":[{\"name\":\"f1\",\"type\":\"boolean\"}]"
	 "}",
	 7843277075252814651},
	{"{\"fields\":[{\"type\":\"boolean\",\"aliases\":[],\"name\":\"f1\",\"default\":\"true\"},{"
	 "\"order\":\"descending\",\"name\":\"f2\","
	 "\"doc\":\"Hello\",\"type\":\"int\"}],\"type\":\"record\",\"name\":\"foo\"}",
	 "{\"name\":\"foo\",\"type\":\"record\",\"fields\":[{\"name\":\"f1\",\"type\":\"boolean\"},"
	 "{\"name\":\"f2\",\"type\":\"int\"}]}",
	 -4860222112080293046},
	{"{\"type\":\"enum\", \"name\":\"\\u0066oo\", \"symbols\":[\"A1\"]}",
	 "{\"name\":\"foo\",\"type\":\"enum\",\"symbols\":[\"A1\"]}", -6342190197741309591},
	{"{\"namespace\":\"x.y.z\", \"type\":\"enum\", \"name\":\"foo\", \"doc\":\"foo bar\", "
	 "\"symbols\":[\"A1\", \"A2\"]}",
	 "{\"name\":\"x.y.z.foo\",\"type\":\"enum\",\"symbols\":[\"A1\",\"A2\"]}", -4448647247586288245},
	{"{\"name\":\"foo\",\"type\":\"fixed\",\"size\":15}", "{\"name\":\"foo\",\"type\":\"fixed\",\"size\":15}",
	 1756455273707447556},
	{"{\"namespace\":\"x.y.z\", \"type\":\"fixed\", \"name\":\"foo\", \"doc\":\"foo bar\", "
	 "\"size\":32}",
	 "{\"name\":\"x.y.z.foo\",\"type\":\"fixed\",\"size\":32}", -3064184465700546786},
	{"{ \"items\":{\"type\":\"null\"}, \"type\":\"array\"}", "{\"type\":\"array\",\"items\":\"null\"}",
	 -589620603366471059},
	{"{ \"values\":\"string\", \"type\":\"map\"}", "{\"type\":\"map\",\"values\":\"string\"}",
	 -8732877298790414990},
	{"{\"name\":\"PigValue\",\"type\":\"record\",\"fields\":[{\"name\":\"value\", "
	 "\"type\":[\"null\", \"int\", \"long\", \"PigValue\"]}]}",
	 "{\"name\":\"PigValue\",\"type\":\"record\",\"fields\":[{\"name\":\"value\",\"type\":["
	 "\"null\",\"int\",\"long\",\"PigValue\"]}]}",
	 -1759257747318642341},
};

static void golden_values(void **state)
{
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof golden / sizeof *golden; i++) {
		struct buf out;
		uint64_t fingerprint = 0;

		buf_init(&out, 4096);
		assert_int_equal(fingerprint_canonical(golden[i].schema, strlen(golden[i].schema), &out, &err), 0);
		assert_int_equal(out.len, strlen(golden[i].canonical));
		assert_memory_equal(out.data, golden[i].canonical, out.len);
		buf_release(&out);
		assert_int_equal(fingerprint_schema(golden[i].schema, strlen(golden[i].schema), &fingerprint, &err), 0);
		assert_true((int64_t)fingerprint == golden[i].fingerprint);
	}
}

/* A name without dots means one in the enclosing namespace, for inner types and for references to
 * them. */
static void namespaces_are_inherited(void **state)
{
	static const char schema[] = "{\"type\":\"record\",\"name\":\"A\",\"namespace\":\"n\","
				     "\"fields\":[{\"name\":\"x\",\"type\":"
				     "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}},{\"name\":"
				     "\"y\",\"type\":\"F\"},{\"name\":\"z\",\"type\":\"n.F\"}]}";
	static const char expected[] = "{\"name\":\"n.A\",\"type\":\"record\",\"fields\":[{"
				       "\"name\":\"x\",\"type\":{\"name\":\"n.F\","
				       "\"type\":\"fixed\",\"size\":2}},{\"name\":\"y\",\"type\":"
				       "\"n.F\"},{\"name\":\"z\",\"type\":\"n.F\"}]}";
	struct buf out;
	struct err err;

	(void)state;
	buf_init(&out, 4096);
	assert_int_equal(fingerprint_canonical(schema, strlen(schema), &out, &err), 0);
	assert_int_equal(out.len, strlen(expected));
	assert_memory_equal(out.data, expected, out.len);
	buf_release(&out);
}

static void refused(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"1",
		"null",
		"{}",
		"{\"type\":1}",
		"\"a b\"",
		"\"1a\"",
		"{\"type\":\"record\",\"name\":\"A\"}",
		"{\"type\":\"record\",\"fields\":[]}",
		"{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"type\":\"int\"}]}",
		"{\"type\":\"enum\",\"name\":\"E\"}",
		"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"a-b\"]}",
		"{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}",
		"{\"type\":\"array\"}",
		"{\"type\":\"map\"}",
		"{\"type\":\"int\",\"type\":\"long\"}",
		"{\"type\":\"fixed\",\"name\":\"F.\",\"size\":1}",
	};
	char deep[4001];
	uint64_t fingerprint;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = {0};

		assert_int_equal(fingerprint_schema(bad[i], strlen(bad[i]), &fingerprint, &err), -1);
		assert_int_equal(err.kind, ERR_CONFIG);
	}
	memset(deep, '[', 1000);
	memset(deep + 1000, ']', 1000);
	assert_int_equal(fingerprint_schema(deep, 2000, &fingerprint, &(struct err){0}), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_values),
		cmocka_unit_test(namespaces_are_inherited),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
