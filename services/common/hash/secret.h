/* secret: short texts that a database keeps and its reader may not know: XChaCha20-Poly1305 (libsodium) under a key
 * that is made of the installation key, so a restored database opens with the same one. What is sealed is bound to
 * whose it is, so that one cannot be put in another's place. */
#ifndef LAGESBILD_SECRET_H
#define LAGESBILD_SECRET_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECRET_TEXT_MAX 100 /* bytes that can be sealed */
#define SECRET_SIZE 240	    /* of any sealed text, terminated */

struct secret_key {
	uint8_t bytes[32];
};

/* hex: the installation key, 64 hex digits; purpose: what is sealed by it, each its own key. ERR_CONFIG for a key that
 * is none. */
int secret_key_init(struct secret_key *key, const char *hex, const char *purpose, struct err *err) MUST_CHECK;
void secret_key_release(struct secret_key *key);

/* whose: what the text belongs to, an account's number. */
void secret_seal(const struct secret_key *key, const char *whose, const char *text, char out[SECRET_SIZE]);

/* false: of another key, another's, or changed. */
bool secret_open(const struct secret_key *key, const char *whose, const char *sealed, char out[SECRET_TEXT_MAX + 1]);

/* Does a text look sealed? A secret of base32 never does. */
bool secret_is_sealed(const char *text);

#endif
