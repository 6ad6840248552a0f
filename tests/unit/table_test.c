#include "table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void expect(const char *text, char separator, const char *want)
{
	struct buf b;

	buf_init(&b, 1000);
	table_csv_field(&b, text, strlen(text), separator);
	buf_byte(&b, 0);
	assert_string_equal((const char *)b.data, want);
	buf_release(&b);
}

static void test_csv(void **state)
{
	(void)state;
	expect("", ',', "");
	expect("Stöld", ',', "Stöld");
	expect("a,b", ',', "\"a,b\"");
	expect("a,b", ';', "a,b");
	expect("a;b", ';', "\"a;b\"");
	expect("say \"x\"", ',', "\"say \"\"x\"\"\"");
	expect("a\nb", ',', "\"a\nb\"");
	expect("a\rb", ',', "\"a\rb\"");
}

/* What a spreadsheet would run stays a text (OWASP, CSV injection). */
static void test_formulas(void **state)
{
	(void)state;
	expect("=1+1", ',', "\"'=1+1\"");
	expect("+46", ',', "\"'+46\"");
	expect("-1", ',', "\"'-1\"");
	expect("@x", ';', "\"'@x\"");
	expect("\t=1", ',', "\"'\t=1\"");
	expect("\r=1", ',', "\"'\r=1\"");
	expect("=HYPERLINK(\"x\")", ',', "\"'=HYPERLINK(\"\"x\"\")\"");
	expect("a=1", ',', "a=1");
}

static void test_choice(void **state)
{
	enum table_format f;

	(void)state;
	assert_true(table_choose(NULL, NULL, false, &f));
	assert_int_equal(f, TABLE_JSON);
	assert_true(table_choose("csv-excel", "application/json", false, &f));
	assert_int_equal(f, TABLE_CSV_EXCEL);
	assert_true(table_choose("json-stat", NULL, true, &f));
	assert_int_equal(f, TABLE_JSON_STAT);
	assert_false(table_choose("json-stat", NULL, false, &f));
	assert_false(table_choose("document", NULL, true, &f));
	assert_false(table_choose("xml", NULL, true, &f));
	assert_true(table_choose("", "text/csv", false, &f));
	assert_int_equal(f, TABLE_CSV);
	assert_true(table_choose(NULL, "application/x-ndjson", false, &f));
	assert_int_equal(f, TABLE_NDJSON);
	assert_true(table_choose(NULL, "text/html, */*;q=0.1", false, &f));
	assert_int_equal(f, TABLE_JSON);
	assert_false(table_choose(NULL, "image/png", false, &f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_csv), cmocka_unit_test(test_formulas),
					   cmocka_unit_test(test_choice)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
