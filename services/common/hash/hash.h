/* hash: keyed hashes (libsodium, and libcrypto for SHA-256). Hides the libraries; keys are wiped at release. */
#ifndef LAGESBILD_HASH_H
#define LAGESBILD_HASH_H

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

/* A prepared HMAC-SHA-256 key (RFC 2104, FIPS 180-4): the two padded blocks are hashed once. 512 bytes, plain value. */
struct hash_key {
	_Alignas(16) unsigned char prepared[512];
	char id[17]; /* first 16 hex digits of HMAC(key, "key-id"): names the key without giving it away */
};

struct hash_part {
	const void *data;
	size_t len;
};

/* Read a key written as 64 hex digits (what the key files hold). ERR_CONFIG when it is anything else. */
int hash_key_init(struct hash_key *key, const char *hex, struct err *err) MUST_CHECK;
void hash_key_release(struct hash_key *key);

/* HMAC-SHA-256 over the concatenated parts. */
void hash_hmac(const struct hash_key *key, const struct hash_part *parts, size_t count, uint8_t out[32]);

void hash_sha256(const void *data, size_t len, uint8_t out[32]);

/* 64-bit SipHash-2-4 (Aumasson & Bernstein 2012) under a fixed public key: for content hashes, not for secrets.
 * Never 0. */
uint64_t hash_content(const void *data, size_t len);

/* Lower-case hex, terminated: out has room for 2 * len + 1. */
void hash_hex(const uint8_t *data, size_t len, char *out);

/* Bytes that nobody can foretell. */
void hash_random(void *out, size_t len);

/* Constant-time comparison of two byte strings of len. 1 when equal. */
int hash_equal(const void *a, const void *b, size_t len);

#endif
