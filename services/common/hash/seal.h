/* seal: files that nobody reads or changes without the passphrase: packed (zstd), then libsodium's secretstream
 * (XChaCha20-Poly1305, in chunks of 64 KiB) under a key that argon2id makes of it. For backups.
 *
 * A file is "LBSEAL1\n", the stream's header of 24 bytes, then chunks: length (4 bytes, big endian) and as many bytes.
 * Every chunk is bound to the file's name as it was written, so one cannot stand in for another; the last one carries a
 * mark, so a file that was cut is told from a whole one. A sealed file is written once and never appended to. */
#ifndef LAGESBILD_SEAL_H
#define LAGESBILD_SEAL_H

#include "base/err.h"
#include "hash/hash.h"
#include <stddef.h>
#include <stdint.h>

/* How a passphrase becomes a key; no secret. */
struct seal_cost {
	uint8_t salt[16];
	int64_t rounds, memory; /* argon2id's; memory in bytes */
};
void seal_cost_new(struct seal_cost *cost); /* a salt of its own; RFC 9106 §4: 3 rounds, 64 MiB */

/* 32 hex digits that hold the salt; -1 ERR_CONFIG for anything else. */
void seal_salt_hex(const struct seal_cost *cost, char out[33]);
int seal_salt_read(struct seal_cost *cost, const char *hex, size_t len, struct err *err) MUST_CHECK;

struct seal_key {
	uint8_t bytes[32];
	struct hash_key mac; /* for what lies beside the sealed files; its id tells a wrong passphrase */
};
/* ERR_CONFIG for a cost that no backup has (memory beyond 4 GiB, rounds beyond 100); ERR_RETRY without memory. */
int seal_key_init(struct seal_key *key, const struct seal_cost *cost, const char *passphrase,
		  struct err *err) MUST_CHECK;
void seal_key_release(struct seal_key *key);

/* ---- writing ---- */

struct seal_out;

/* Make the file (mode 600; one that is there is overwritten). name: what it is called in the backup. ERR_CONFIG with
 * the path when the disk refuses, here and in the following two. */
int seal_out_open(struct seal_out **out, const char *path, const char *name, const struct seal_key *key,
		  struct err *err) MUST_CHECK;
int seal_out_write(struct seal_out *out, const void *data, size_t len, struct err *err) MUST_CHECK;

/* The last chunk; on the disk when it returns. size and digest (SHA-256) are those of the sealed file. */
int seal_out_finish(struct seal_out *out, int64_t *size, uint8_t digest[32], struct err *err) MUST_CHECK;
void seal_out_close(struct seal_out *out); /* NULL allowed */

/* ---- reading ---- */

struct seal_in;

int seal_in_open(struct seal_in **in, const char *path, const char *name, const struct seal_key *key,
		 struct err *err) MUST_CHECK;

/* Exactly max bytes, or as many as are left; 0 only at the true end. ERR_CONFIG: damaged, cut, or not of this key. */
long seal_in_read(struct seal_in *in, void *data, size_t max, struct err *err) MUST_CHECK;
void seal_in_close(struct seal_in *in); /* NULL allowed */

/* Size and SHA-256 of any file. */
int seal_digest(const char *path, int64_t *size, uint8_t digest[32], struct err *err) MUST_CHECK;

#endif
