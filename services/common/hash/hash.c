#include "hash/hash.h"

#include <sodium.h>
#include <string.h>

_Static_assert(sizeof(crypto_auth_hmacsha256_state) <= sizeof(((struct hash_key *)0)->prepared),
	       "a prepared key has room for libsodium's state");
_Static_assert(_Alignof(crypto_auth_hmacsha256_state) <= 16, "and its alignment");

enum { KEY_BYTES = 32 };

int hash_key_init(struct hash_key *key, const char *hex, struct err *err)
{
	static const struct hash_part id_text = {"key-id", 6};
	crypto_auth_hmacsha256_state state;
	unsigned char bytes[KEY_BYTES];
	uint8_t id[32];
	size_t len = 0;

	if (sodium_init() < 0)
		return err_set(err, ERR_CONFIG, "libsodium cannot be used on this machine.");
	if (strlen(hex) != 2 * KEY_BYTES ||
	    sodium_hex2bin(bytes, sizeof(bytes), hex, 2 * KEY_BYTES, NULL, &len, NULL) || len != KEY_BYTES) {
		sodium_memzero(bytes, sizeof(bytes));
		return err_set(err, ERR_CONFIG, "A key must be exactly 64 hexadecimal digits.");
	}
	crypto_auth_hmacsha256_init(&state, bytes, sizeof(bytes));
	memset(key, 0, sizeof(*key));
	memcpy(key->prepared, &state, sizeof(state));
	sodium_memzero(&state, sizeof(state));
	sodium_memzero(bytes, sizeof(bytes));
	hash_hmac(key, &id_text, 1, id);
	hash_hex(id, 8, key->id);
	return 0;
}

void hash_key_release(struct hash_key *key)
{
	sodium_memzero(key, sizeof(*key));
}

void hash_hmac(const struct hash_key *key, const struct hash_part *parts, size_t count, uint8_t out[32])
{
	crypto_auth_hmacsha256_state state;
	size_t i;

	memcpy(&state, key->prepared, sizeof(state));
	for (i = 0; i < count; i++)
		crypto_auth_hmacsha256_update(&state, parts[i].data, parts[i].len);
	crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(&state, sizeof(state));
}

void hash_sha256(const void *data, size_t len, uint8_t out[32])
{
	crypto_hash_sha256(out, data, len);
}

uint64_t hash_content(const void *data, size_t len)
{
	/* The key of the paper's test vectors, so that they hold for this function too. */
	static const unsigned char key[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	unsigned char out[8];
	uint64_t hash = 0;
	int i;

	crypto_shorthash_siphash24(out, data, len, key);
	for (i = 7; i >= 0; i--)
		hash = hash << 8 | out[i];
	return hash ? hash : 1;
}

void hash_hex(const uint8_t *data, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < len; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	out[2 * len] = '\0';
}

int hash_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}
