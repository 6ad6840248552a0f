#include "hash/seal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#define MAGIC "LBSEAL1\n"
#define MAGIC_LEN 8
#define HEAD_LEN crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define MORE crypto_secretstream_xchacha20poly1305_ABYTES
#define CHUNK ((size_t)65536)
#define LAST crypto_secretstream_xchacha20poly1305_TAG_FINAL
#define ROUNDS_MAX 100
#define MEMORY_MAX (INT64_C(4) << 30)

/* ---- key ---- */

void seal_cost_new(struct seal_cost *cost)
{
	int rc = sodium_init();

	assert(rc >= 0);
	randombytes_buf(cost->salt, sizeof cost->salt);
	cost->rounds = 3;
	cost->memory = INT64_C(64) << 20;
}

void seal_salt_hex(const struct seal_cost *cost, char out[33])
{
	hash_hex(cost->salt, sizeof cost->salt, out);
}

int seal_salt_read(struct seal_cost *cost, const char *hex, size_t len, struct err *err)
{
	uint8_t salt[sizeof cost->salt];
	size_t got = 0;

	if (len != 2 * sizeof salt || sodium_hex2bin(salt, sizeof salt, hex, len, NULL, &got, NULL) ||
	    got != sizeof salt)
		return err_set(err, ERR_CONFIG, "The salt is not 32 hexadecimal digits.");
	memcpy(cost->salt, salt, sizeof salt);
	return 0;
}

int seal_key_init(struct seal_key *key, const struct seal_cost *cost, const char *passphrase, struct err *err)
{
	uint8_t master[crypto_kdf_KEYBYTES], mac[32];
	char hex[65];
	int rc;

	if (sodium_init() < 0)
		return err_set(err, ERR_CONFIG, "libsodium cannot be used on this machine.");
	if (cost->rounds < (int64_t)crypto_pwhash_OPSLIMIT_MIN || cost->rounds > ROUNDS_MAX ||
	    cost->memory < (int64_t)crypto_pwhash_MEMLIMIT_MIN || cost->memory > MEMORY_MAX)
		return err_set(err, ERR_CONFIG, "The cost of the passphrase is not one that a backup has.");
	if (crypto_pwhash(master, sizeof master, passphrase, strlen(passphrase), cost->salt,
			  (unsigned long long)cost->rounds, (size_t)cost->memory, crypto_pwhash_ALG_ARGON2ID13))
		return err_set(err, ERR_RETRY, "There is no memory to make a key of the passphrase: %lld MiB.",
			       (long long)(cost->memory >> 20));
	crypto_kdf_derive_from_key(key->bytes, sizeof key->bytes, 1, "lbbackup", master);
	crypto_kdf_derive_from_key(mac, sizeof mac, 2, "lbbackup", master);
	hash_hex(mac, sizeof mac, hex);
	rc = hash_key_init(&key->mac, hex, err);
	sodium_memzero(master, sizeof master);
	sodium_memzero(mac, sizeof mac);
	sodium_memzero(hex, sizeof hex);
	return rc;
}

void seal_key_release(struct seal_key *key)
{
	hash_key_release(&key->mac);
	sodium_memzero(key, sizeof *key);
}

/* ---- files ---- */

static int failed(const char *path, const char *what, struct err *err)
{
	return err_set(err, ERR_CONFIG, "The file %s cannot be %s: %s.", path, what, strerror(errno));
}

static int damaged(const char *path, struct err *err)
{
	return err_set(err, ERR_CONFIG, "The file %s is damaged, cut, or not of this backup.", path);
}

static void put32(uint8_t *out, size_t n)
{
	for (int i = 3; i >= 0; i--, n >>= 8)
		out[i] = (uint8_t)n;
}

static size_t get32(const uint8_t *in)
{
	return (size_t)in[0] << 24 | (size_t)in[1] << 16 | (size_t)in[2] << 8 | in[3];
}

struct seal_out {
	FILE *file;
	char *path, *name;
	crypto_secretstream_xchacha20poly1305_state state;
	SHA256_CTX digest;
	ZSTD_CCtx *packer;
	int64_t size;
	size_t len; /* packed, waiting in plain */
	uint8_t plain[CHUNK], chunk[4 + CHUNK + MORE];
};

static int put(struct seal_out *o, const void *data, size_t len, struct err *err)
{
	if (fwrite(data, 1, len, o->file) != len)
		return failed(o->path, "written", err);
	SHA256_Update(&o->digest, data, len);
	o->size += (int64_t)len;
	return 0;
}

static int put_chunk(struct seal_out *o, unsigned char tag, struct err *err)
{
	unsigned long long len;

	crypto_secretstream_xchacha20poly1305_push(&o->state, o->chunk + 4, &len, o->plain, o->len,
						   (const uint8_t *)o->name, strlen(o->name), tag);
	put32(o->chunk, (size_t)len);
	o->len = 0;
	return put(o, o->chunk, 4 + (size_t)len, err);
}

int seal_out_open(struct seal_out **out, const char *path, const char *name, const struct seal_key *key,
		  struct err *err)
{
	struct seal_out *o = calloc(1, sizeof *o);
	uint8_t head[HEAD_LEN];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert(o);
	o->path = strdup(path);
	o->name = strdup(name);
	assert(o->path && o->name);
	o->packer = ZSTD_createCCtx();
	assert(o->packer);
	o->file = fd < 0 ? NULL : fdopen(fd, "wb");
	SHA256_Init(&o->digest);
	if (!o->file)
		(void)!failed(path, "written", err);
	else
		crypto_secretstream_xchacha20poly1305_init_push(&o->state, head, key->bytes);
	if (!o->file || put(o, MAGIC, MAGIC_LEN, err) || put(o, head, sizeof head, err)) {
		seal_out_close(o);
		return -1;
	}
	*out = o;
	return 0;
}

static int pack(struct seal_out *o, const void *data, size_t len, ZSTD_EndDirective end, struct err *err)
{
	ZSTD_inBuffer in = {data, len, 0};
	size_t left;

	do {
		ZSTD_outBuffer out = {o->plain, CHUNK, o->len};

		left = ZSTD_compressStream2(o->packer, &out, &in, end);
		assert(!ZSTD_isError(left));
		o->len = out.pos;
		if (o->len == CHUNK && put_chunk(o, 0, err))
			return -1;
	} while (end == ZSTD_e_end ? left > 0 : in.pos < in.size);
	return 0;
}

int seal_out_write(struct seal_out *out, const void *data, size_t len, struct err *err)
{
	return pack(out, data, len, ZSTD_e_continue, err);
}

int seal_out_finish(struct seal_out *out, int64_t *size, uint8_t digest[32], struct err *err)
{
	if (pack(out, NULL, 0, ZSTD_e_end, err) || put_chunk(out, LAST, err))
		return -1;
	if (fflush(out->file) || fsync(fileno(out->file)))
		return failed(out->path, "written", err);
	SHA256_Final(digest, &out->digest);
	*size = out->size;
	return 0;
}

void seal_out_close(struct seal_out *out)
{
	if (!out)
		return;
	if (out->file)
		fclose(out->file);
	ZSTD_freeCCtx(out->packer);
	free(out->path);
	free(out->name);
	sodium_memzero(out, sizeof *out);
	free(out);
}

struct seal_in {
	FILE *file;
	char *path, *name;
	crypto_secretstream_xchacha20poly1305_state state;
	ZSTD_DCtx *unpacker;
	bool last, whole; /* the last chunk has been read; all has been unpacked */
	size_t at, len;	  /* what of plain has been unpacked */
	uint8_t plain[CHUNK], chunk[CHUNK + MORE];
};

int seal_in_open(struct seal_in **in, const char *path, const char *name, const struct seal_key *key, struct err *err)
{
	struct seal_in *s = calloc(1, sizeof *s);
	uint8_t head[MAGIC_LEN + HEAD_LEN];
	int rc = 0;

	assert(s);
	s->path = strdup(path);
	s->name = strdup(name);
	assert(s->path && s->name);
	s->unpacker = ZSTD_createDCtx();
	assert(s->unpacker);
	s->file = fopen(path, "rbe");
	if (!s->file)
		rc = failed(path, "read", err);
	else if (fread(head, 1, sizeof head, s->file) != sizeof head || memcmp(head, MAGIC, MAGIC_LEN) != 0 ||
		 crypto_secretstream_xchacha20poly1305_init_pull(&s->state, head + MAGIC_LEN, key->bytes))
		rc = damaged(path, err);
	if (rc) {
		seal_in_close(s);
		return -1;
	}
	*in = s;
	return 0;
}

static int get_chunk(struct seal_in *s, struct err *err)
{
	unsigned long long plain;
	unsigned char tag;
	uint8_t head[4];
	size_t len;

	if (fread(head, 1, 4, s->file) != 4)
		return damaged(s->path, err);
	len = get32(head);
	if (len < MORE || len > sizeof s->chunk || fread(s->chunk, 1, len, s->file) != len ||
	    crypto_secretstream_xchacha20poly1305_pull(&s->state, s->plain, &plain, &tag, s->chunk, len,
						       (const uint8_t *)s->name, strlen(s->name)))
		return damaged(s->path, err);
	s->at = 0;
	s->len = (size_t)plain;
	s->last = tag == LAST;
	return s->last && fgetc(s->file) != EOF ? damaged(s->path, err) : 0;
}

/* What of plain is still packed, into data behind `got` bytes: how many are there then; -1. */
static long unpack(struct seal_in *s, void *data, size_t max, size_t got, struct err *err)
{
	ZSTD_outBuffer out = {data, max, got};
	ZSTD_inBuffer in = {s->plain, s->len, s->at};
	size_t left = ZSTD_decompressStream(s->unpacker, &out, &in);

	if (ZSTD_isError(left))
		return damaged(s->path, err);
	s->at = in.pos;
	s->whole = left == 0;
	return (long)out.pos;
}

long seal_in_read(struct seal_in *in, void *data, size_t max, struct err *err)
{
	size_t got = 0;

	while (got < max && !(in->whole && in->last && in->at == in->len)) {
		long n = in->whole ? (long)got : unpack(in, data, max, got, err);

		if (n < 0)
			return -1;
		got = (size_t)n;
		if (got == max)
			break;
		/* All that came is unpacked, and more is to come; nothing may come behind the end. */
		if (in->at < in->len || (in->last && !in->whole))
			return damaged(in->path, err);
		if (!in->last && get_chunk(in, err))
			return -1;
	}
	return (long)got;
}

void seal_in_close(struct seal_in *in)
{
	if (!in)
		return;
	if (in->file)
		fclose(in->file);
	ZSTD_freeDCtx(in->unpacker);
	free(in->path);
	free(in->name);
	sodium_memzero(in, sizeof *in);
	free(in);
}

int seal_digest(const char *path, int64_t *size, uint8_t digest[32], struct err *err)
{
	static uint8_t piece[CHUNK];
	FILE *file = fopen(path, "rbe");
	SHA256_CTX state;
	size_t n;
	int rc = 0;

	if (!file)
		return failed(path, "read", err);
	SHA256_Init(&state);
	*size = 0;
	while ((n = fread(piece, 1, sizeof piece, file)) > 0) {
		SHA256_Update(&state, piece, n);
		*size += (int64_t)n;
	}
	if (ferror(file))
		rc = failed(path, "read", err);
	fclose(file);
	SHA256_Final(digest, &state);
	return rc;
}
