#include "hash/totp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static const uint8_t key[] = "12345678901234567890";
static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"; /* the same in base32 */

/* RFC 6238, appendix B. */
static void test_vectors(void **state)
{
	static const struct {
		int64_t at;
		const char *code;
	} rows[] = {{59, "94287082"},	      {1111111109, "07081804"}, {1111111111, "14050471"},
		    {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
	char code[9];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		totp_code(key, 20, rows[i].at / 30, 8, code);
		assert_string_equal(code, rows[i].code);
	}
}

static void test_window(void **state)
{
	int64_t step = 0;

	(void)state;
	/* 081804 is the code of step 37037036, 1111111080 to 1111111109 */
	assert_true(totp_check(secret, "081804", 6, 1111111109, 0, &step));
	assert_int_equal(step, 37037036);
	assert_true(totp_check(secret, "081804", 6, 1111111109 + 30, 0, &step));
	assert_true(totp_check(secret, "081804", 6, 1111111080 - 30, 0, &step));
	assert_false(totp_check(secret, "081804", 6, 1111111109 + 31, 0, &step));
	assert_false(totp_check(secret, "081804", 6, 1111111080 - 31, 0, &step));
	assert_false(totp_check(secret, "081804", 6, 1111111109, 37037036, &step)); /* used */
	assert_true(totp_check(secret, "081804", 6, 1111111109, 37037035, &step));
}

static void test_wrong(void **state)
{
	int64_t step = 0;

	(void)state;
	assert_false(totp_check(secret, "081805", 6, 1111111109, 0, &step));
	assert_false(totp_check(secret, "08180", 5, 1111111109, 0, &step));
	assert_false(totp_check(secret, "07081804", 8, 1111111109, 0, &step));
	assert_false(totp_check("", "081804", 6, 1111111109, 0, &step));
	assert_false(totp_check("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", "081804", 6, 1111111109, 0, &step));
}

static void test_secret(void **state)
{
	char a[TOTP_SECRET_SIZE], b[TOTP_SECRET_SIZE];

	(void)state;
	totp_secret(a);
	totp_secret(b);
	assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 32);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_window),
					   cmocka_unit_test(test_wrong), cmocka_unit_test(test_secret)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
