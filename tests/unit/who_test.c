#include "api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void expect(const char *said, const char *want)
{
	char out[64] = "?";

	assert_int_equal(who_forwarded(said, out), want != NULL);
	assert_string_equal(out, want ? want : "?");
}

/* What is said before the last comma is anybody's word. */
static void test_forwarded(void **state)
{
	(void)state;
	expect("192.0.2.7", "192.0.2.7");
	expect("1.2.3.4, 192.0.2.7", "192.0.2.7");
	expect("1.2.3.4,192.0.2.7 ", "192.0.2.7");
	expect("2001:db8::1", "2001:db8::1");
	expect("[2001:db8::1]", "2001:db8::1");
	expect("[2001:db8::1]:4711", "2001:db8::1");
	expect("192.0.2.7:4711", "192.0.2.7");
	expect("::ffff:192.0.2.7", "::ffff:192.0.2.7");
	expect("", NULL);
	expect("192.0.2.7,", NULL);
	expect("unknown", NULL);
	expect("_hidden, x", NULL);
	expect("1111111111111111111111111111111111111111111111111111111111111111", NULL);
	expect("111111111111111111111111111111111111111111111111111111111111111",
	       "111111111111111111111111111111111111111111111111111111111111111");
}

static void test_proxy(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(who_open(&(struct who_proxy){"", "X-User"}, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_int_equal(who_open(&(struct who_proxy){NULL, "X-User"}, &err), -1);
	assert_int_equal(who_open(&(struct who_proxy){"127.0.0.1", "X-User"}, &err), 0);
	assert_int_equal(who_open(&(struct who_proxy){"127.0.0.1", ""}, &err), 0);
	assert_int_equal(who_open(&(struct who_proxy){"", ""}, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_forwarded), cmocka_unit_test(test_proxy)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
