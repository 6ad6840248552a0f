#include "hash/hash.h"

/* SHA-256 by OpenSSL's libcrypto, which uses the processor's SHA instructions (libsodium 1.0.18 does not: five times
 * the time); its low-level calls, because the newer ones allocate. Everything else by libsodium. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <sodium.h>
#include <string.h>

/* RFC 2104 with both padded key blocks hashed beforehand. */
struct prepared {
	SHA256_CTX inner, outer;
};

_Static_assert(sizeof(struct prepared) <= sizeof(((struct hash_key *)0)->prepared),
	       "a prepared key has room for both states");

enum { KEY_BYTES = 32, BLOCK_BYTES = 64 };

static void pad_key(SHA256_CTX *state, const unsigned char key[KEY_BYTES], unsigned char pad)
{
	unsigned char block[BLOCK_BYTES];

	memset(block, pad, sizeof(block));
	for (int i = 0; i < KEY_BYTES; i++)
		block[i] ^= key[i];
	SHA256_Init(state);
	SHA256_Update(state, block, sizeof(block));
	sodium_memzero(block, sizeof(block));
}

int hash_key_init(struct hash_key *key, const char *hex, struct err *err)
{
	static const struct hash_part id_text = {"key-id", 6};
	struct prepared states;
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
	pad_key(&states.inner, bytes, 0x36);
	pad_key(&states.outer, bytes, 0x5c);
	memset(key, 0, sizeof(*key));
	memcpy(key->prepared, &states, sizeof(states));
	sodium_memzero(&states, sizeof(states));
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
	struct prepared states;
	uint8_t inner[32];
	size_t i;

	memcpy(&states, key->prepared, sizeof(states));
	for (i = 0; i < count; i++)
		SHA256_Update(&states.inner, parts[i].data, parts[i].len);
	SHA256_Final(inner, &states.inner);
	SHA256_Update(&states.outer, inner, sizeof(inner));
	SHA256_Final(out, &states.outer);
	sodium_memzero(&states, sizeof(states));
}

void hash_sha256(const void *data, size_t len, uint8_t out[32])
{
	SHA256_CTX state;

	/* Not the one-shot SHA256(): OpenSSL 3 looks its algorithm up and allocates at every call, which doubles the
	 * time for 460 bytes. */
	SHA256_Init(&state);
	SHA256_Update(&state, data, len);
	SHA256_Final(out, &state);
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

void hash_random(void *out, size_t len)
{
	randombytes_buf(out, len);
}
