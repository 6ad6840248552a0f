/* password: what people remember, kept so that who steals it has to guess: argon2id (RFC 9106) by libsodium. */
#ifndef LAGESBILD_PASSWORD_H
#define LAGESBILD_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#define PASSWORD_HASH_SIZE 128
#define PASSWORD_MIN 12	 /* characters; nothing else is asked of them (NIST SP 800-63B, 5.1.1.2) */
#define PASSWORD_MAX 256 /* bytes */

/* hash gets salt, cost and digest as one terminated text. Takes some 50 ms and 64 MiB. -1: out of memory. */
int password_hash(const char *password, size_t len, char hash[PASSWORD_HASH_SIZE]);

/* Is it that password? In as much time for a wrong one. hash is what password_hash made; anything else is false. */
bool password_verify(const char *hash, const char *password, size_t len);

#endif
