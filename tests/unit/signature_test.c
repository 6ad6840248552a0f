/* signature: against values made with another implementation (Python's hmac). */
#include "hash/signature.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define BACKFILL "39cdd9eb665d4b69d2bfbf0064c55a9c6c3c6ac4204e1206e50ec735f1c7e27d"
#define REMOVED "9824fe148aae476e8b0b694b5ca3337ed51a33b713bc83fc82df7bf9ae2f91d7"

static const struct signature_text backfill = {
	.topic = {"feed.press", 10}, .key = {"409534", 6}, .backfill = {"1", 1}, .value = {"{\"id\":409534}", 13}};

static void test_known_values(void **state)
{
	const struct signature_text removed = {
		.topic = {"feed.police", 11}, .key = {"A-1", 3}, .reason = {"source-removed", 14}};
	struct hash_key key;
	struct err err;
	char got[SIGNATURE_SIZE];

	(void)state;
	assert_int_equal(hash_key_init(&key, KEY, &err), 0);
	signature_make(&key, &backfill, got);
	assert_string_equal(got, BACKFILL);
	signature_make(&key, &removed, got);
	assert_string_equal(got, REMOVED);
	hash_key_release(&key);
}

static void test_verify(void **state)
{
	struct signature_text other = backfill;
	struct hash_key key;
	struct err err;
	char bad[] = BACKFILL;

	(void)state;
	assert_int_equal(hash_key_init(&key, KEY, &err), 0);
	assert_true(signature_verify(&key, &backfill, BACKFILL, 64));
	assert_false(signature_verify(&key, &backfill, BACKFILL, 63));
	assert_false(signature_verify(&key, &backfill, "", 0));
	bad[63] ^= 1;
	assert_false(signature_verify(&key, &backfill, bad, 64));
	other.key.data = "409535";
	assert_false(signature_verify(&key, &other, BACKFILL, 64));
	/* A part must not be able to slip into its neighbour. */
	other = backfill;
	other.backfill = other.revision;
	other.revision = backfill.backfill;
	assert_false(signature_verify(&key, &other, BACKFILL, 64));
	hash_key_release(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_known_values), cmocka_unit_test(test_verify)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
