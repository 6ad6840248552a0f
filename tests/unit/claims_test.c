#include "claims.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#define NOW 1000000
#define START "{\"iss\":\"https://i\",\"exp\":1000100,\"nonce\":\"n\",\"sub\":\"me\","

static const struct claims_wanted wanted = {"https://i", "client", "n", "sub", NOW};

static int check(const char *json, const struct claims_wanted *w, char subject[CLAIMS_SUBJECT_SIZE])
{
	struct err err = {0};

	return claims_check(json, strlen(json), w, subject, &err);
}

static void test_good(void **state)
{
	static const char *const good[] = {START "\"aud\":\"client\"}", START "\"aud\":[\"client\"]}",
					   START "\"aud\":[\"cl\\u0069ent\"]}",
					   START "\"aud\":[\"x\",\"client\"],\"azp\":\"client\"}",
					   START "\"aud\":\"client\",\"nbf\":1000030,\"more\":{\"a\":[1]}}"};
	char subject[CLAIMS_SUBJECT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_int_equal(check(good[i], &wanted, subject), 0);
		assert_string_equal(subject, "me");
	}
}

static void test_bad(void **state)
{
	static const char *const bad[] = {
		"",
		"{}",
		"[]",
		START "\"aud\":\"clien\"}",
		START "\"aud\":\"client2\"}",
		START "\"aud\":[]}",
		START "\"aud\":[[\"client\"]]}",
		START "\"aud\":{\"client\":1}}",
		START "\"aud\":[\"x\",\"client\"]}",
		START "\"aud\":[\"client\"],\"azp\":\"x\"}",
		START "\"aud\":\"client\",\"nbf\":1000100}",
		START "\"aud\":\"client\",\"aud\":\"client\"}",
		"{\"iss\":\"https://i\",\"exp\":999939,\"nonce\":\"n\",\"sub\":\"me\",\"aud\":\"client\"}",
		"{\"iss\":\"https://i\",\"exp\":1000100,\"nonce\":\"m\",\"sub\":\"me\",\"aud\":\"client\"}",
		"{\"iss\":\"https://i/\",\"exp\":1000100,\"nonce\":\"n\",\"sub\":\"me\",\"aud\":\"client\"}",
		"{\"iss\":\"https://i\",\"exp\":1000100,\"nonce\":\"n\",\"sub\":\"\",\"aud\":\"client\"}"};
	char subject[CLAIMS_SUBJECT_SIZE] = "untouched";

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(check(bad[i], &wanted, subject), -1);
	assert_string_equal(subject, "untouched");
}

static void test_email(void **state)
{
	struct claims_wanted w = wanted;
	char subject[CLAIMS_SUBJECT_SIZE];

	(void)state;
	w.claim = "email";
	assert_int_equal(check(START "\"aud\":\"client\",\"email\":\"a@b\",\"email_verified\":true}", &w, subject), 0);
	assert_string_equal(subject, "a@b");
	assert_int_equal(check(START "\"aud\":\"client\",\"email\":\"a@b\",\"email_verified\":false}", &w, subject),
			 -1);
	assert_int_equal(check(START "\"aud\":\"client\",\"email\":\"a@b\"}", &w, subject), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_bad),
					   cmocka_unit_test(test_email)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
