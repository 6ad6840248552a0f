#include "hash/secret.h"

#include "hash/hash.h"
#include <assert.h>
#include <sodium.h>
#include <string.h>

#define MARK "sealed1:"
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define MORE crypto_aead_xchacha20poly1305_ietf_ABYTES
#define FORM sodium_base64_VARIANT_URLSAFE_NO_PADDING

static_assert(sizeof MARK + sodium_base64_ENCODED_LEN(NONCE + SECRET_TEXT_MAX + MORE, FORM) <= SECRET_SIZE,
	      "a sealed text fits");

int secret_key_init(struct secret_key *key, const char *hex, const char *purpose, struct err *err)
{
	struct hash_key installation;

	if (sodium_init() < 0)
		return err_set(err, ERR_CONFIG, "libsodium cannot be used on this machine.");
	if (hash_key_init(&installation, hex, err))
		return -1;
	hash_hmac(&installation, (struct hash_part[]){{"secret ", 7}, {purpose, strlen(purpose)}}, 2, key->bytes);
	hash_key_release(&installation);
	return 0;
}

void secret_key_release(struct secret_key *key)
{
	sodium_memzero(key, sizeof *key);
}

void secret_seal(const struct secret_key *key, const char *whose, const char *text, char out[SECRET_SIZE])
{
	uint8_t box[NONCE + SECRET_TEXT_MAX + MORE];
	size_t len = strlen(text);
	unsigned long long sealed;

	assert(len <= SECRET_TEXT_MAX);
	randombytes_buf(box, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE, &sealed, (const uint8_t *)text, len,
						   (const uint8_t *)whose, strlen(whose), NULL, box, key->bytes);
	memcpy(out, MARK, sizeof MARK);
	sodium_bin2base64(out + sizeof MARK - 1, SECRET_SIZE - sizeof MARK + 1, box, NONCE + (size_t)sealed, FORM);
}

bool secret_open(const struct secret_key *key, const char *whose, const char *sealed, char out[SECRET_TEXT_MAX + 1])
{
	uint8_t box[NONCE + SECRET_TEXT_MAX + MORE], text[SECRET_TEXT_MAX];
	const char *from = sealed + sizeof MARK - 1;
	size_t len;
	unsigned long long got;

	if (!secret_is_sealed(sealed) ||
	    sodium_base642bin(box, sizeof box, from, strlen(from), NULL, &len, NULL, FORM) || len < NONCE + MORE ||
	    crypto_aead_xchacha20poly1305_ietf_decrypt(text, &got, NULL, box + NONCE, len - NONCE,
						       (const uint8_t *)whose, strlen(whose), box, key->bytes))
		return false;
	memcpy(out, text, (size_t)got);
	out[got] = 0;
	sodium_memzero(text, sizeof text);
	return true;
}

bool secret_is_sealed(const char *text)
{
	return strncmp(text, MARK, sizeof MARK - 1) == 0;
}
