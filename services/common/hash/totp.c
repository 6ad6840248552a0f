#include "hash/totp.h"

#include "hash/hash.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#define KEY_BYTES 20
#define DIGITS 6

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void totp_secret(char out[TOTP_SECRET_SIZE])
{
	uint8_t bytes[TOTP_SECRET_SIZE - 1];

	hash_random(bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		out[i] = letters[bytes[i] & 31];
	out[sizeof bytes] = 0;
}

static bool decode(const char *secret, uint8_t key[KEY_BYTES])
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = 0;

	if (strlen(secret) != TOTP_SECRET_SIZE - 1 || strspn(secret, letters) != TOTP_SECRET_SIZE - 1)
		return false;
	for (; *secret; secret++) {
		bits = bits << 5 | (uint32_t)(strchr(letters, *secret) - letters);
		have += 5;
		if (have >= 8)
			key[n++] = (uint8_t)(bits >> (have -= 8));
	}
	return true;
}

void totp_code(const uint8_t *key, size_t len, int64_t step, int digits, char out[9])
{
	static const uint32_t tens[] = {1000000, 10000000, 100000000};
	uint8_t text[8], mac[EVP_MAX_MD_SIZE] = {0};
	const uint8_t *at;
	uint32_t number;

	for (int i = 0; i < 8; i++)
		text[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	HMAC(EVP_sha1(), key, (int)len, text, sizeof text, mac, NULL);
	at = mac + (mac[19] & 15);
	number = ((uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]) %
		 tens[digits - DIGITS];
	snprintf(out, 9, "%0*u", digits, number);
}

bool totp_check(const char *secret, const char *code, size_t len, int64_t now_s, int64_t after, int64_t *step)
{
	uint8_t key[KEY_BYTES];
	char right[9];
	bool good = false;

	if (len != DIGITS || !decode(secret, key))
		return false;
	for (int64_t i = now_s / TOTP_STEP_S - 1; i <= now_s / TOTP_STEP_S + 1; i++) {
		totp_code(key, sizeof key, i, DIGITS, right);
		if (hash_equal(right, code, DIGITS) && i > after && !good) {
			*step = i;
			good = true;
		}
	}
	return good;
}
