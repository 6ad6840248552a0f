#include "hash/signature.h"

void signature_make(const struct hash_key *key, const struct signature_text *text, char out[SIGNATURE_SIZE])
{
	static const struct hash_part zero = {"", 1};
	uint8_t digest[32];
	char value[SIGNATURE_SIZE];
	struct hash_part parts[11] = {text->topic,    zero, text->key,	  zero, text->revision, zero,
				      text->backfill, zero, text->reason, zero, {value, 0}};

	/* A null value is absent; an empty one has a hash. */
	if (text->value.data) {
		hash_sha256(text->value.data, text->value.len, digest);
		hash_hex(digest, sizeof digest, value);
		parts[10].len = SIGNATURE_SIZE - 1;
	}
	hash_hmac(key, parts, sizeof parts / sizeof *parts, digest);
	hash_hex(digest, sizeof digest, out);
}

bool signature_verify(const struct hash_key *key, const struct signature_text *text, const char *given, size_t len)
{
	char want[SIGNATURE_SIZE];

	signature_make(key, text, want);
	return len == SIGNATURE_SIZE - 1 && hash_equal(want, given, len) == 1;
}
