/* backup_files: small files in a part: keys, and the reference data that the installation runs with.
 *
 * Each is its path (length of 4 bytes, big endian, and bytes), then its content (length of 4, and bytes). */
#include "backup.h"

#include "base/buf.h"
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_BYTES (256u << 20)
#define PATH_LEN_MAX 500

static int put(struct seal_out *out, const char *path, const void *data, size_t len, struct err *err)
{
	struct buf head;
	int rc;

	buf_init(&head, PATH_LEN_MAX + 100);
	buf_be32(&head, (uint32_t)strlen(path));
	buf_append(&head, path, strlen(path));
	buf_be32(&head, (uint32_t)len);
	rc = head.overflow ? err_set(err, ERR_CONFIG, "The path %.100s... is too long.", path)
			   : seal_out_write(out, head.data, head.len, err) || seal_out_write(out, data, len, err);
	buf_release(&head);
	return rc ? -1 : 0;
}

int backup_keys_fill(void *unused, struct seal_out *out, struct err *err)
{
	(void)unused;
	if (put(out, "key", operator_conf.key, strlen(operator_conf.key), err))
		return -1;
	if (!*operator_conf.operator_key)
		return 0;
	return put(out, "operator_key", operator_conf.operator_key, strlen(operator_conf.operator_key), err);
}

static int put_file(struct seal_out *out, const char *as, const char *path, off_t size, struct err *err)
{
	char *data = size <= FILE_MAX_BYTES ? malloc((size_t)size + 1) : NULL;
	FILE *f = fopen(path, "re");
	int rc = -1;

	if (!data || !f || fread(data, 1, (size_t)size, f) != (size_t)size)
		err_set(err, ERR_CONFIG, "The file %s cannot be read.", path);
	else
		rc = put(out, as, data, (size_t)size, err);
	if (f)
		fclose(f);
	free(data);
	return rc;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Every file below a directory, as `as`/its path there. */
static int put_tree(struct seal_out *out, const char *as, const char *root, struct err *err)
{
	char *const roots[] = {(char *)(uintptr_t)root, NULL};
	FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	char name[PATH_LEN_MAX];
	FTSENT *e;
	int rc = 0;

	if (!tree)
		return err_set(err, ERR_CONFIG, "The directory %s cannot be read: %s.", root, strerror(errno));
	while (rc == 0 && (e = fts_read(tree))) {
		if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR || e->fts_info == FTS_NS)
			rc = err_set(err, ERR_CONFIG, "%s cannot be read: %s.", e->fts_path, strerror(e->fts_errno));
		if (e->fts_info != FTS_F)
			continue;
		snprintf(name, sizeof name, "%s%s%s", as, e->fts_path[strlen(root)] == '/' ? "" : "/",
			 e->fts_path + strlen(root));
		rc = put_file(out, name, e->fts_path, e->fts_statp->st_size, err);
	}
	fts_close(tree);
	return rc;
}

int backup_files_fill(void *unused, struct seal_out *out, struct err *err)
{
	(void)unused;
	return put_tree(out, "schemas", operator_conf.schemas, err) || put_tree(out, "pack", operator_conf.pack, err)
		       ? -1
		       : 0;
}

/* ---- reading ---- */

/* A text with its length before it, terminated: 1; 0 at the end. */
static int get(struct seal_in *in, struct buf *buf, size_t max, struct err *err)
{
	uint8_t head[4];
	long n = seal_in_read(in, head, 4, err);
	size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];

	if (n <= 0)
		return (int)n;
	buf_clear(buf);
	if (n != 4 || len > max || !buf_reserve(buf, len + 1))
		return err_set(err, ERR_CONFIG, "The files of the backup are not as they were written.");
	n = seal_in_read(in, buf->data, len, err);
	if (n < 0)
		return -1;
	buf->data[n] = 0;
	buf->len = (size_t)n;
	return (size_t)n == len ? 1 : err_set(err, ERR_CONFIG, "The files of the backup end too early.");
}

static bool stays_below(const char *path)
{
	return *path && *path != '/' && strncmp(path, "../", 3) != 0 && !strstr(path, "/../");
}

int backup_files_read(const struct backup *b, const char *name,
		      int (*each)(void *ctx, const char *path, const void *data, size_t len, struct err *err),
		      void *ctx, struct err *err)
{
	struct seal_in *in = NULL;
	struct buf path, data;
	int rc;

	if (backup_open_part(b, name, &in, err))
		return -1;
	buf_init(&path, PATH_LEN_MAX + 1);
	buf_init(&data, FILE_MAX_BYTES + 1u);
	while ((rc = get(in, &path, PATH_LEN_MAX, err)) == 1) {
		rc = get(in, &data, FILE_MAX_BYTES, err);
		if (rc == 1 && stays_below((const char *)path.data))
			rc = each ? each(ctx, (const char *)path.data, data.data, data.len, err) : 0;
		else if (rc >= 0)
			rc = err_set(err, ERR_CONFIG, "The files of the backup are not as they were written.");
		if (rc)
			break;
	}
	buf_release(&path);
	buf_release(&data);
	seal_in_close(in);
	return rc;
}

static void make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		(void)!mkdir(path, 0700);
		*slash = '/';
	}
}

int backup_files_write(void *dir, const char *path, const void *data, size_t len, struct err *err)
{
	char full[1600];
	int fd, bad;

	snprintf(full, sizeof full, "%s/%s", (const char *)dir, path);
	make_parents(full);
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bad = fd < 0 || write(fd, data, len) != (ssize_t)len || fsync(fd);
	if (fd >= 0)
		bad |= close(fd);
	return bad ? err_set(err, ERR_CONFIG, "The file %s cannot be written: %s.", full, strerror(errno)) : 0;
}
