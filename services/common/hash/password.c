#include "hash/password.h"

#include <sodium.h>

int password_hash(const char *password, size_t len, char hash[PASSWORD_HASH_SIZE])
{
	_Static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES, "it fits");

	if (sodium_init() < 0)
		return -1;
	return crypto_pwhash_str(hash, password, len, crypto_pwhash_OPSLIMIT_INTERACTIVE,
				 crypto_pwhash_MEMLIMIT_INTERACTIVE);
}

bool password_verify(const char *hash, const char *password, size_t len)
{
	return sodium_init() >= 0 && crypto_pwhash_str_verify(hash, password, len) == 0;
}
