/* backup_database: pg_dump and pg_restore as child processes: PostgreSQL's own tools know every kind of object, and
 * read an older server's dump. They get our PG* variables as they are. */
#include "backup.h"

#include "base/run.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIECE 65536

struct child {
	const char *name;
	pid_t pid;
	int pipe;   /* our end of its standard output, or input */
	int errors; /* what it says on standard error */
};

static void child_run(const char *const argv[], int end, int as, int errors)
{
	/* It must not outlive us: half a dump, or a restore that nobody waits for. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(end, as) < 0 || dup2(errors, STDERR_FILENO) < 0)
		_exit(126);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	dprintf(STDERR_FILENO, "%s cannot be started: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* as: STDOUT_FILENO, we read what it writes; STDIN_FILENO, it reads what we write. */
static int child_start(struct child *c, const char *const argv[], int as, struct err *err)
{
	int ends[2], ours = as == STDOUT_FILENO ? 0 : 1;

	*c = (struct child){argv[0], -1, -1, memfd_create("errors", MFD_CLOEXEC)};
	if (c->errors < 0 || pipe2(ends, O_CLOEXEC)) {
		if (c->errors >= 0)
			close(c->errors);
		return err_set(err, ERR_RETRY, "%s cannot be started: %s.", argv[0], strerror(errno));
	}
	c->pipe = ends[ours];
	c->pid = fork();
	if (c->pid == 0)
		child_run(argv, ends[!ours], as, c->errors);
	close(ends[!ours]);
	if (c->pid > 0)
		return 0;
	close(c->pipe);
	close(c->errors);
	return err_set(err, ERR_RETRY, "%s cannot be started: %s.", argv[0], strerror(errno));
}

/* The first line that it said, without its name. */
static void first_words(const struct child *c, char *out, size_t max)
{
	ssize_t n = pread(c->errors, out, max - 1, 0);
	char *tail;

	out[n > 0 ? n : 0] = 0;
	out[strcspn(out, "\n")] = 0;
	tail = strstr(out, "error: ");
	if (tail)
		memmove(out, tail + 7, strlen(tail + 7) + 1);
}

/* Waits for its end; failed: of our side, whose err stands already unless the child says why. */
static int child_end(struct child *c, bool failed, struct err *err)
{
	char words[300];
	int status = 0;

	close(c->pipe);
	if (failed)
		kill(c->pid, SIGTERM);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	first_words(c, words, sizeof words);
	close(c->errors);
	if (!failed && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (failed && err->kind != ERR_NONE && !(WIFEXITED(status) && WEXITSTATUS(status)))
		return -1;
	return err_set(err, ERR_CONFIG, "%s ended before its work was done: %s", c->name,
		       *words ? words : "it does not say why");
}

int backup_database_fill(void *unused, struct seal_out *out, struct err *err)
{
	static const char *const argv[] = {"pg_dump",
					   "-w",
					   "-Fc",
					   "-Z0",
					   "-Z0",
					   "--schema=lagesbild",
					   "--schema=lagesbild_store",
					   "--schema=lagesbild_desk",
					   /* Who has signed out is so after a restore too. */
					   "--exclude-table-data=lagesbild_desk.session",
					   "--lock-wait-timeout=60s",
					   NULL};
	static char piece[PIECE];
	struct progress progress;
	struct child c;
	int64_t done = 0;
	ssize_t n;
	int rc = 0;

	(void)unused;
	if (child_start(&c, argv, STDOUT_FILENO, err))
		return -1;
	progress_begin(&progress, "database", "KiB", 0);
	while (rc == 0 && (n = read(c.pipe, piece, sizeof piece)) != 0) {
		if (n < 0 && errno == EINTR && !run_stopping())
			continue;
		rc = n < 0 || run_stopping() ? err_set(err, ERR_CONFIG, "stopped")
					     : seal_out_write(out, piece, (size_t)n, err);
		done += n;
		progress_at(&progress, done >> 10);
		run_point("backup-database");
	}
	progress_end(&progress, done >> 10);
	return child_end(&c, rc != 0, err);
}

static int feed(const struct child *c, struct seal_in *in, struct err *err)
{
	static char piece[PIECE];
	struct progress progress;
	int64_t done = 0;
	long n;

	progress_begin(&progress, "database", "KiB", 0);
	while ((n = seal_in_read(in, piece, sizeof piece, err)) > 0) {
		for (ssize_t at = 0, put; at < n; at += put) {
			put = write(c->pipe, piece + at, (size_t)(n - at));
			if (put < 0 && errno == EINTR)
				put = 0;
			/* The child is gone: it says why. */
			if (put < 0 || run_stopping())
				return -1;
		}
		done += n;
		progress_at(&progress, done >> 10);
		run_point("restore-database");
	}
	progress_end(&progress, done >> 10);
	return (int)n;
}

int backup_database_restore(const struct backup *b, struct err *err)
{
	/* An empty name is the session's own database. In one transaction, so that a half one is none. */
	static const char *const argv[] = {"pg_restore", "-w", "-d", "", "--single-transaction", "--no-owner", NULL};
	struct seal_in *in = NULL;
	struct child c;
	int rc;

	if (backup_open_part(b, "database", &in, err))
		return -1;
	rc = child_start(&c, argv, STDIN_FILENO, err);
	if (rc == 0) {
		rc = feed(&c, in, err);
		rc = child_end(&c, rc != 0, err);
	}
	seal_in_close(in);
	return rc;
}
