#include "process.h"

#include "base/run.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK 65536
#define CPU_SECONDS 60
#define FILE_BYTES (64 << 20)

/* Above what the child's own 0 to 4 are, so that no dup2 there hits one of them. */
static int high(int fd)
{
	int up = fcntl(fd, F_DUPFD_CLOEXEC, 10);

	close(fd);
	return up;
}

static int pair(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC))
		return -1;
	ends[0] = high(ends[0]);
	ends[1] = high(ends[1]);
	return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

static void limit(int what, rlim_t most)
{
	struct rlimit l = {.rlim_cur = most, .rlim_max = most};

	setrlimit(what, &l);
}

/* In the child: only what is safe after fork. 127: there is no such program. */
static _Noreturn void become(char *const argv[], int in, int out, int fd_in, int fd_out, char *const environment[])
{
	int null = open("/dev/null", O_RDWR);
	struct sigaction normal = {.sa_handler = SIG_DFL};

	setpgid(0, 0);
	for (int i = 0; i < 3; i++)
		dup2(null, i);
	dup2(in, fd_in);
	dup2(out, fd_out);
	for (int s = 1; s < 32; s++)
		sigaction(s, &normal, NULL);
	limit(RLIMIT_CPU, CPU_SECONDS);
	limit(RLIMIT_FSIZE, FILE_BYTES);
	limit(RLIMIT_CORE, 0);
	execvpe(argv[0], argv, environment);
	_exit(127);
}

int process_start(struct process *p, char *const argv[], int fd_in, int fd_out, const char *home, struct err *err)
{
	char home_text[300], temporary[300], path[] = "PATH=/usr/local/bin:/usr/bin:/bin",
					     zone[] = "TZ=Europe/Stockholm", language[] = "LANG=C.UTF-8";
	char *const environment[] = {home_text, temporary, path, zone, language, NULL};
	int in[2], out[2];

	snprintf(home_text, sizeof home_text, "HOME=%s", home);
	snprintf(temporary, sizeof temporary, "TMPDIR=%s", home);
	if (pair(in) || pair(out))
		return err_set(err, ERR_RETRY, "No pipe for %.60s: %s.", argv[0], strerror(errno));
	p->pid = fork();
	if (p->pid == 0)
		become(argv, in[0], out[1], fd_in, fd_out, environment);
	close(in[0]);
	close(out[1]);
	p->in = in[1];
	p->out = out[0];
	if (p->pid > 0) {
		setpgid(p->pid, p->pid);
		return 0;
	}
	p->pid = 0;
	close(p->in);
	close(p->out);
	return err_set(err, ERR_RETRY, "%.60s cannot be started: %s.", argv[0], strerror(errno));
}

/* 1: ready, 0: time is up. */
static int wait_for(int fd, short what, int64_t deadline_ms)
{
	int64_t left = deadline_ms - run_monotonic_ms();
	struct pollfd f = {.fd = fd, .events = what};

	return left > 0 && poll(&f, 1, (int)left) > 0;
}

int process_read(struct process *p, int stop, int64_t deadline_ms, struct buf *b, struct buf *rest, struct err *err)
{
	buf_clear(b);
	for (;;) {
		uint8_t *end = stop >= 0 && rest->len ? memchr(rest->data, stop, rest->len) : NULL;
		size_t take = end ? (size_t)(end - rest->data) : rest->len;
		ssize_t n;

		buf_append(b, rest->data, take);
		if (end) {
			memmove(rest->data, end + 1, rest->len - take - 1);
			rest->len -= take + 1;
		} else {
			rest->len = 0;
		}
		if (b->overflow)
			return err_set(err, ERR_RETRY, "The program said more than is taken.");
		if (end)
			return 0;
		if (!wait_for(p->out, POLLIN, deadline_ms))
			return err_set(err, ERR_RETRY, "The program did not answer in time.");
		if (!buf_reserve(rest, CHUNK))
			return err_set(err, ERR_RETRY, "The program said more than is taken.");
		n = read(p->out, rest->data, CHUNK);
		if (n == 0 && stop < 0)
			return 0;
		if (n <= 0)
			return err_set(err, ERR_RETRY, "The program ended before it had answered.");
		rest->len = (size_t)n;
	}
}

int process_write(struct process *p, const void *data, size_t len, int64_t deadline_ms, struct err *err)
{
	const char *at = data;

	while (len) {
		ssize_t n = wait_for(p->in, POLLOUT, deadline_ms) ? write(p->in, at, len < 4096 ? len : 4096) : -1;

		if (n <= 0)
			return err_set(err, ERR_RETRY, "The program does not read.");
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

void process_close_in(struct process *p)
{
	if (p->in >= 0)
		close(p->in);
	p->in = -1;
}

int process_end(struct process *p, bool kill_it)
{
	int status = 0;

	if (p->pid <= 0)
		return -1;
	process_close_in(p);
	close(p->out);
	if (kill_it)
		kill(-p->pid, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	kill(-p->pid, SIGKILL); /* what it left behind */
	p->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
