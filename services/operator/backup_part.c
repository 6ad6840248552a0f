/* backup_part: the passphrase, and the files of a backup's directory. */
#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define PASSPHRASE_MAX 1024
#define PASSPHRASE_MIN 12

const char *backup_path(const struct backup *b, const char *name)
{
	static char paths[2][1100];
	static unsigned next;
	char *out = paths[next++ % 2];

	snprintf(out, sizeof paths[0], "%s/%s", b->dir, name);
	return out;
}

/* ---- passphrase ---- */

static int ask(const char *prompt, char *out, size_t max, struct err *err)
{
	FILE *terminal = fopen("/dev/tty", "r+e");
	struct termios before, silent;
	size_t len;
	bool got;

	if (!terminal)
		return err_set(
			err, ERR_CONFIG,
			"LAGESBILD_BACKUP_PASSPHRASE or LAGESBILD_BACKUP_PASSPHRASE_FILE must be set where there "
			"is no terminal.");
	fputs(prompt, terminal);
	fflush(terminal);
	tcgetattr(fileno(terminal), &before);
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fileno(terminal), TCSAFLUSH, &silent);
	got = fgets(out, (int)max, terminal) != NULL;
	tcsetattr(fileno(terminal), TCSAFLUSH, &before);
	fputs("\n", terminal);
	fclose(terminal);
	if (!got)
		return err_set(err, ERR_CONFIG, "No passphrase was given.");
	len = strcspn(out, "\n");
	out[len] = 0;
	return 0;
}

static int ask_twice(char *out, size_t max, struct err *err)
{
	char again[PASSPHRASE_MAX];
	int rc = ask("Passphrase of this backup: ", out, max, err) || ask("Once more: ", again, sizeof again, err);

	if (rc == 0 && strcmp(out, again) != 0)
		rc = err_set(err, ERR_CONFIG, "The two are not the same.");
	explicit_bzero(again, sizeof again);
	return rc ? -1 : 0;
}

int backup_key(struct backup *b, bool is_new, struct err *err)
{
	char text[PASSPHRASE_MAX] = "";
	int rc = 0;

	if (strlen(operator_conf.passphrase) >= sizeof text)
		return err_set(err, ERR_CONFIG, "The passphrase is longer than %d bytes.", PASSPHRASE_MAX - 1);
	if (*operator_conf.passphrase)
		snprintf(text, sizeof text, "%s", operator_conf.passphrase);
	else if (is_new)
		rc = ask_twice(text, sizeof text, err);
	else
		rc = ask("Passphrase of this backup: ", text, sizeof text, err);
	if (rc == 0 && is_new && strlen(text) < PASSPHRASE_MIN)
		rc = err_set(err, ERR_CONFIG, "A passphrase has at least %d characters.", PASSPHRASE_MIN);
	if (rc == 0)
		rc = seal_key_init(&b->key, &b->m.cost, text, err);
	explicit_bzero(text, sizeof text);
	if (rc)
		return -1;
	if (is_new)
		snprintf(b->m.seal_id, sizeof b->m.seal_id, "%s", b->key.mac.id);
	else if (strcmp(b->m.seal_id, b->key.mac.id) != 0)
		return err_set(err, ERR_CONFIG, "The passphrase is wrong: this backup was made with another.");
	return 0;
}

/* ---- sealed parts ---- */

int backup_write_part(struct backup *b, const char *name, int (*fill)(void *ctx, struct seal_out *out, struct err *err),
		      void *ctx, struct err *err)
{
	struct backup_part part = {.bytes = 0};
	struct seal_out *out = NULL;
	uint8_t digest[32];
	char file[BACKUP_NAME_MAX + 32];
	int rc;

	snprintf(part.name, sizeof part.name, "%s", name);
	snprintf(file, sizeof file, "%s.sealed", name);
	rc = seal_out_open(&out, backup_path(b, file), name, &b->key, err) || fill(ctx, out, err) ||
	     seal_out_finish(out, &part.bytes, digest, err);
	seal_out_close(out);
	if (rc)
		return -1;
	hash_hex(digest, sizeof digest, part.sha256);
	backup_manifest_add_part(&b->m, &part);
	return 0;
}

int backup_open_part(const struct backup *b, const char *name, struct seal_in **in, struct err *err)
{
	char file[BACKUP_NAME_MAX + 32];

	snprintf(file, sizeof file, "%s.sealed", name);
	return seal_in_open(in, backup_path(b, file), name, &b->key, err);
}

int backup_check_parts(const struct backup *b, struct err *err)
{
	char file[BACKUP_NAME_MAX + 32], hex[65];
	uint8_t digest[32];
	int64_t size;

	for (size_t i = 0; i < b->m.part_count; i++) {
		const struct backup_part *p = &b->m.parts[i];

		snprintf(file, sizeof file, "%s.sealed", p->name);
		if (seal_digest(backup_path(b, file), &size, digest, err))
			return -1;
		hash_hex(digest, sizeof digest, hex);
		if (size != p->bytes || strcmp(hex, p->sha256) != 0)
			return err_set(
				err, ERR_CONFIG,
				"The file %s is not the one that was written: it has %lld bytes, and %lld are in "
				"the manifest, or other bytes.",
				backup_path(b, file), (long long)size, (long long)p->bytes);
	}
	return 0;
}

/* ---- the manifest's files ---- */

static void mac_of(const struct backup *b, const char *text, size_t len, char hex[65])
{
	const struct hash_part part = {text, len};
	uint8_t mac[32];

	hash_hmac(&b->key.mac, &part, 1, mac);
	hash_hex(mac, sizeof mac, hex);
}

static int write_file(const char *path, const char *text, size_t len, struct err *err)
{
	FILE *f = fopen(path, "we");
	int bad = !f;

	if (f) {
		bad = fwrite(text, 1, len, f) != len || fflush(f) || fsync(fileno(f));
		fclose(f);
	}
	return bad ? err_set(err, ERR_CONFIG, "The file %s cannot be written: %s.", path, strerror(errno)) : 0;
}

int backup_save(struct backup *b, struct err *err)
{
	char *text = NULL, hex[66];
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int rc;

	if (!f)
		return err_set(err, ERR_RETRY, "out of memory");
	backup_manifest_print(&b->m, f);
	fclose(f);
	mac_of(b, text, len, hex);
	hex[64] = '\n';
	rc = write_file(backup_path(b, "manifest.mac"), hex, 65, err) ||
	     write_file(backup_path(b, "manifest.json"), text, len, err);
	free(text);
	return rc ? -1 : 0;
}

/* Whole, terminated; the caller frees it. */
static int read_file(const char *path, char **text, size_t *len, struct err *err)
{
	FILE *in = fopen(path, "re"), *out = open_memstream(text, len);
	char piece[4096];
	size_t n;

	while (in && out && (n = fread(piece, 1, sizeof piece, in)) > 0)
		fwrite(piece, 1, n, out);
	if (out)
		fclose(out);
	if (!in)
		err_set(err, ERR_CONFIG, "The file %s cannot be read: %s.", path, strerror(errno));
	else
		fclose(in);
	return in && out ? 0 : -1;
}

int backup_load(struct backup *b, struct err *err)
{
	char *text = NULL;
	size_t len = 0;
	int rc = read_file(backup_path(b, "manifest.json"), &text, &len, err) ||
		 backup_manifest_parse(&b->m, text, len, err);

	free(text);
	return rc ? -1 : 0;
}

int backup_check_manifest(const struct backup *b, struct err *err)
{
	char *text = NULL, *given = NULL, hex[65];
	size_t len = 0, given_len = 0;
	int rc = read_file(backup_path(b, "manifest.json"), &text, &len, err) ||
		 read_file(backup_path(b, "manifest.mac"), &given, &given_len, err);

	if (rc == 0) {
		mac_of(b, text, len, hex);
		if (given_len < 64 || !hash_equal(hex, given, 64))
			rc = err_set(err, ERR_CONFIG, "manifest.json has been changed since the backup was made.");
	}
	free(text);
	free(given);
	return rc ? -1 : 0;
}
