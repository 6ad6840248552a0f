#include "hash/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void test_own_hash(void **state)
{
	char hash[PASSWORD_HASH_SIZE], again[PASSWORD_HASH_SIZE];

	(void)state;
	assert_int_equal(password_hash("rätt häst batteri", 20, hash), 0);
	assert_int_equal(strncmp(hash, "$argon2id$", 10), 0);
	assert_true(password_verify(hash, "rätt häst batteri", 20));
	assert_false(password_verify(hash, "rätt häst batterj", 20));
	assert_false(password_verify(hash, "", 0));
	assert_int_equal(password_hash("rätt häst batteri", 20, again), 0);
	assert_string_not_equal(hash, again); /* a salt of its own */
}

static void test_no_hash(void **state)
{
	(void)state;
	assert_false(password_verify("", "x", 1));
	assert_false(password_verify("$argon2id$nonsense", "x", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_own_hash), cmocka_unit_test(test_no_hash)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
