#include "hash/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#define HEX_TAIL "112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEX "00" HEX_TAIL

static struct secret_key key_of(const char *hex, const char *purpose)
{
	struct secret_key key;
	struct err err = {0};

	assert_int_equal(secret_key_init(&key, hex, purpose, &err), 0);
	return key;
}

static void test_there_and_back(void **state)
{
	static const char *const texts[] = {"", "x", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "åäö"};
	struct secret_key key = key_of(HEX, "totp"), again = key_of(HEX, "totp");
	char sealed[SECRET_SIZE], other[SECRET_SIZE], out[SECRET_TEXT_MAX + 1], longest[SECRET_TEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		secret_seal(&key, "17", texts[i], sealed);
		assert_true(secret_is_sealed(sealed) && !secret_is_sealed(texts[i]));
		assert_true(!*texts[i] || !strstr(sealed, texts[i]) || strlen(texts[i]) == 1);
		assert_true(secret_open(&again, "17", sealed, out));
		assert_string_equal(out, texts[i]);
	}
	secret_seal(&key, "17", texts[3], other);
	assert_string_not_equal(sealed, other);
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	secret_seal(&key, "17", longest, sealed);
	assert_true(secret_open(&key, "17", sealed, out));
	assert_string_equal(out, longest);
}

/* Of another key, purpose or account, changed in any place, cut, or nothing at all. */
static void test_refused(void **state)
{
	struct secret_key key = key_of(HEX, "totp"), purpose = key_of(HEX, "x"), other = key_of("ff" HEX_TAIL, "totp");
	char sealed[SECRET_SIZE], changed[SECRET_SIZE + 200], out[SECRET_TEXT_MAX + 1] = "?";
	struct err err = {0};

	(void)state;
	secret_seal(&key, "17", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", sealed);
	assert_false(secret_open(&other, "17", sealed, out));
	assert_false(secret_open(&purpose, "17", sealed, out));
	assert_false(secret_open(&key, "18", sealed, out));
	for (size_t i = 0; i < strlen(sealed); i++) {
		strncpy(changed, sealed, sizeof changed);
		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		assert_false(secret_open(&key, "17", changed, out));
		changed[i] = 0;
		assert_false(secret_open(&key, "17", changed, out));
	}
	memset(changed, 'A', sizeof changed);
	memcpy(changed, sealed, 8);
	changed[sizeof changed - 1] = 0;
	assert_false(secret_open(&key, "17", changed, out));
	assert_false(secret_open(&key, "17", "", out));
	assert_false(secret_open(&key, "17", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", out));
	assert_string_equal(out, "?");
	assert_int_equal(secret_key_init(&key, "abc", "totp", &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
