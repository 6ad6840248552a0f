/* export_out: a file that is there when it is whole, and not before. */
#include "export.h"

#include "base/run.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE (1u << 20)
#define SHOW_EACH_MS 500

static int fail(const char *what, const char *path, struct err *err)
{
	return err_set(err, ERR_CONFIG, "%s %.300s: %s", what, path, strerror(errno));
}

/* Incidents are treated as personal data: no eyes but the operator's, whatever the umask. */
static int open_temporary(struct export *x, struct err *err)
{
	int fd = open(x->temporary, O_CREAT | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, x->incidents ? 0600 : 0644);

	if (fd < 0)
		return fail("cannot write", x->temporary, err);
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		close(fd);
		return err_set(err, ERR_CONFIG, "another export to %.300s is under way", x->path);
	}
	if ((x->incidents && fchmod(fd, 0600)) || ftruncate(fd, 0) || !(x->file = fdopen(fd, "w"))) {
		fail("cannot write", x->temporary, err);
		close(fd);
		return -1;
	}
	return 0;
}

int export_out_open(struct export *x, struct err *err)
{
	size_t size;

	x->file = stdout;
	if (x->path) {
		size = strlen(x->path) + sizeof ".part";
		x->file = NULL;
		x->temporary = malloc(size);
		if (!x->temporary)
			return err_set(err, ERR_RETRY, "out of memory");
		snprintf(x->temporary, size, "%s.part", x->path);
		if (open_temporary(x, err)) {
			free(x->temporary); /* it may be another's */
			x->temporary = NULL;
			return -1;
		}
	}
	setvbuf(x->file, NULL, _IOFBF, BUFFER_SIZE);
	return 0;
}

static void show(struct export *x, const char *end)
{
	fprintf(stderr, "\r%s rader skrivna\x1b[K%s", operator_grouped(x->rows), end);
	x->shown_ms = run_monotonic_ms();
}

int export_out_row(struct export *x, struct err *err)
{
	if (++x->rows % 4096)
		return 0;
	if (ferror(x->file))
		return fail("cannot write", x->path ? x->temporary : "standard output", err);
	if (isatty(STDERR_FILENO) && run_monotonic_ms() - x->shown_ms >= SHOW_EACH_MS)
		show(x, "");
	return 0;
}

int export_out_finish(struct export *x, struct err *err)
{
	bool bad = fflush(x->file) || ferror(x->file);

	if (isatty(STDERR_FILENO) && x->path)
		show(x, "\n");
	if (!x->path)
		return bad ? fail("cannot write", "standard output", err) : 0;
	if (bad || fsync(fileno(x->file)))
		return fail("cannot write", x->path, err);
	run_point("exported");
	if (rename(x->temporary, x->path))
		return fail("cannot write", x->path, err);
	fclose(x->file);
	free(x->temporary);
	x->file = NULL;
	x->temporary = NULL;
	return 0;
}

void export_out_drop(struct export *x)
{
	if (!x->temporary)
		return;
	unlink(x->temporary);
	fclose(x->file);
	free(x->temporary);
	x->temporary = NULL;
}
