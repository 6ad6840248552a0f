#include "hash/hash.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static void open_key(struct hash_key *key, const char *hex)
{
	struct err err = {0};
	char padded[65];

	/* HMAC fills a short key with zeros up to the block, so a vector's shorter key may be filled here. */
	snprintf(padded, sizeof(padded), "%s%.*s", hex, (int)(64 - strlen(hex)),
		 "0000000000000000000000000000000000000000000000000000000000000000");
	assert_int_equal(hash_key_init(key, padded, &err), 0);
}

static void hmac_is(const char *key_hex, const void *data, size_t len, const char *want)
{
	struct hash_key key;
	uint8_t out[32];
	char hex[65];
	size_t cut;

	open_key(&key, key_hex);
	for (cut = 0; cut <= len; cut++) {
		struct hash_part parts[] = {{data, cut}, {NULL, 0}, {(const char *)data + cut, len - cut}};

		hash_hmac(&key, parts, 3, out);
		hash_hex(out, 32, hex);
		assert_string_equal(hex, want);
	}
	hash_key_release(&key);
}

/* RFC 4231, test cases 1 to 4 (5 to 7 need a truncated result or a longer key) */
static void rfc4231(void **state)
{
	char dd[50], cd[50];

	(void)state;
	memset(dd, 0xdd, sizeof(dd));
	memset(cd, 0xcd, sizeof(cd));
	hmac_is("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There", 8,
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	hmac_is("4a656665", "what do ya want for nothing?", 28,
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	hmac_is("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", dd, 50,
		"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	hmac_is("0102030405060708090a0b0c0d0e0f10111213141516171819", cd, 50,
		"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
}

static void keys(void **state)
{
	static const char good[] = "00112233445566778899aabbccddeeffFFEEDDCCBBAA99887766554433221100";
	static const uint8_t zeros[sizeof(struct hash_key)];
	struct hash_key key, other;
	struct err err = {0};
	char bad[80];

	(void)state;
	assert_int_equal(hash_key_init(&key, good, &err), 0);
	assert_int_equal(strlen(key.id), 16);
	assert_int_equal(strspn(key.id, "0123456789abcdef"), 16);
	open_key(&other, "01");
	assert_string_not_equal(key.id, other.id);
	hash_key_release(&key);
	assert_memory_equal(&key, zeros, sizeof(key));
	snprintf(bad, sizeof(bad), "%.63s", good);
	assert_int_equal(hash_key_init(&key, bad, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_null(strstr(err.text, "0011"));
	snprintf(bad, sizeof(bad), "%s0", good);
	assert_int_equal(hash_key_init(&key, bad, &err), -1);
	snprintf(bad, sizeof(bad), "%.63sg", good);
	assert_int_equal(hash_key_init(&key, bad, &err), -1);
	snprintf(bad, sizeof(bad), "%.62s\n0", good);
	assert_int_equal(hash_key_init(&key, bad, &err), -1);
	assert_int_equal(hash_key_init(&key, "", &err), -1);
	assert_memory_equal(&key, zeros, sizeof(key)); /* untouched by failures */
}

/* FIPS 180-4 examples */
static void sha256(void **state)
{
	uint8_t out[32];
	char hex[65];

	(void)state;
	hash_sha256("abc", 3, out);
	hash_hex(out, 32, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash_sha256("", 0, out);
	hash_hex(out, 32, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* Aumasson & Bernstein 2012, appendix A, and the first vectors of their reference code */
static void siphash(void **state)
{
	uint8_t in[15];
	int i;

	(void)state;
	for (i = 0; i < 15; i++)
		in[i] = (uint8_t)i;
	assert_true(hash_content(in, 15) == 0xa129ca6149be45e5u);
	assert_true(hash_content(in, 0) == 0x726fdb47dd0e0e31u);
	assert_true(hash_content(in, 1) == 0x74f839c593dc67fdu);
}

static void hex_and_equal(void **state)
{
	char out[7];

	(void)state;
	hash_hex((const uint8_t *)"\x00\xa5\xff", 3, out);
	assert_string_equal(out, "00a5ff");
	hash_hex(NULL, 0, out);
	assert_string_equal(out, "");
	assert_int_equal(hash_equal("abc", "abc", 3), 1);
	assert_int_equal(hash_equal("abc", "abd", 3), 0);
	assert_int_equal(hash_equal("abc", "abd", 2), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc4231), cmocka_unit_test(keys),	    cmocka_unit_test(sha256),
		cmocka_unit_test(siphash), cmocka_unit_test(hex_and_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
