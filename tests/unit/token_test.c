#include "hash/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void test_token(void **state)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char a[TOKEN_SIZE], b[TOKEN_SIZE], key[65];

	(void)state;
	token_new(a);
	token_new(b);
	assert_int_equal(strlen(a), 43);
	assert_int_equal(strspn(a, digits), 43);
	assert_string_not_equal(a, b);
	token_key("abc", key); /* FIPS 180-4's example */
	assert_string_equal(key, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_token)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
