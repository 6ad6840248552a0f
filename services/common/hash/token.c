#include "hash/token.h"

#include "hash/hash.h"
#include <string.h>

void token_text(const uint8_t bytes[32], char out[TOKEN_SIZE])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned bits = 0, held = 0;
	size_t n = 0;

	for (size_t i = 0; i < 32; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 6; bits -= 6)
			out[n++] = digits[held >> (bits - 6) & 63];
	}
	out[n++] = digits[held << (6 - bits) & 63];
	out[n] = 0;
}

void token_new(char out[TOKEN_SIZE])
{
	uint8_t bytes[32];

	hash_random(bytes, sizeof bytes);
	token_text(bytes, out);
}

void token_key(const char *token, char out[65])
{
	uint8_t digest[32];

	hash_sha256(token, strlen(token), digest);
	hash_hex(digest, sizeof digest, out);
}
