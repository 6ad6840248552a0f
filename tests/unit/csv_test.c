#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "pack/csv.h"
#include "reference_fixture.h"

static int setup(void **state)
{
	(void)state;
	fixture_open();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_close();
	return 0;
}

static void reads_quotes_and_line_ends(void **state)
{
	const char *path = fixture_write("a.csv", "\xEF\xBB\xBF"
						  "code,name\r\n1,\"a, \"\"b\"\"\nc\"\r\n,\"\"\n2,å");
	struct err err = {0};
	struct csv csv;

	(void)state;
	assert_int_equal(csv_open(&csv, path, &err), 0);
	assert_int_equal(csv_column(&csv, "code", &err), 0);
	assert_int_equal(csv_column(&csv, "name", &err), 1);
	assert_int_equal(csv_column(&csv, "nothing", &err), -1);
	assert_int_equal(csv_next(&csv, &err), 1);
	assert_string_equal(csv.fields[0], "1");
	assert_string_equal(csv.fields[1], "a, \"b\"\nc");
	assert_int_equal(csv.line, 2);
	assert_int_equal(csv_next(&csv, &err), 1);
	assert_string_equal(csv.fields[0], "");
	assert_string_equal(csv.fields[1], "");
	assert_int_equal(csv.line, 4);
	assert_int_equal(csv_next(&csv, &err), 1);
	assert_string_equal(csv.fields[1], "å");
	assert_int_equal(csv_next(&csv, &err), 0);
	csv_close(&csv);
}

static void refuses(const char *text, const char *said)
{
	const char *path = fixture_write("bad.csv", text);
	struct err err = {0};
	struct csv csv;
	int result = csv_open(&csv, path, &err), opened = result == 0;

	while (result == 0 && (result = csv_next(&csv, &err)) == 1)
		result = 0;
	if (opened)
		csv_close(&csv);
	assert_int_equal(result, -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, said));
}

static void names_the_line_of_an_error(void **state)
{
	struct err err = {0};
	struct csv csv;

	(void)state;
	refuses("a,b\n1,2\n3\n", "line 3: 1 fields where the first line has 2");
	refuses("a,b\n1,\"x\n\n", "line 2: a quote is never closed");
	refuses("a,b\n1,x\"y\n", "line 2: a quote stands inside");
	refuses("a,b\n1,\"x\"y\n", "line 2: field 2 is not followed");
	refuses("a,b\n1,2\r3\n", "line 2: field 2 is not followed");
	refuses("a,a\n", "two columns have the name a");
	refuses("a,\n", "column 2 has no name");
	refuses("", "column 1 has no name");
	refuses("a\n\xff\n", "not UTF-8");
	assert_int_equal(csv_open(&csv, "/nonexistent/x.csv", &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_quotes_and_line_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(names_the_line_of_an_error, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
