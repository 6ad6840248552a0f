#include "base/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { BACKOFF_FIRST_MS = 100, BACKOFF_MAX_MS = 5000 };

static atomic_bool stopping;
static atomic_int signals_seen;
static _Atomic int64_t turned_ms;
/* Readable once asked to stop, and never drained: a signal between looking at the flag and sleeping wakes the
 * sleeper too. */
static int wake_fd = -1;

static void wake(void)
{
	uint64_t one = 1;
	int saved = errno;

	atomic_store(&stopping, true);
	if (wake_fd >= 0 && write(wake_fd, &one, sizeof(one)) < 0)
		errno = 0; /* the counter is full: it is readable already */
	errno = saved;
}

static void on_signal(int number)
{
	(void)number;
	if (atomic_fetch_add(&signals_seen, 1) > 0)
		_exit(1);
	wake();
}

void run_init(void)
{
	struct sigaction stop = {.sa_handler = on_signal};
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	if (wake_fd < 0)
		wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigemptyset(&stop.sa_mask);
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

bool run_stopping(void)
{
	atomic_store_explicit(&turned_ms, run_monotonic_ms(), memory_order_relaxed);
	return atomic_load(&stopping);
}

int64_t run_turned_ms(void)
{
	return atomic_load_explicit(&turned_ms, memory_order_relaxed);
}

void run_stop(void)
{
	wake();
}

static int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t run_now_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

int64_t run_monotonic_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

void run_pause(int64_t ms)
{
	struct pollfd wait = {.fd = wake_fd, .events = POLLIN};
	int64_t end = run_monotonic_ms() + ms, left;

	while (!run_stopping() && (left = end - run_monotonic_ms()) > 0)
		poll(&wait, 1, left > 60000 ? 60000 : (int)left);
}

int64_t run_backoff_ms(unsigned attempt)
{
	int64_t base = attempt < 6 ? (int64_t)BACKOFF_FIRST_MS << attempt : BACKOFF_MAX_MS;
	uint32_t dice = 0;
	int64_t ms;

	/* A quarter either way, so that services that lost the same server do not come back in step. */
	if (getrandom(&dice, sizeof(dice), GRND_NONBLOCK) != sizeof(dice))
		dice = (uint32_t)run_monotonic_ms();
	ms = base * 3 / 4 + (int64_t)(dice % (uint32_t)(base / 2 + 1));
	return ms < BACKOFF_MAX_MS ? ms : BACKOFF_MAX_MS;
}

#ifdef LAGESBILD_FAULTS
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct {
	char name[64];
	long pass;
	int signal;
} crash;
static pthread_once_t crash_once = PTHREAD_ONCE_INIT;
static atomic_long crash_passes;

static void crash_read(void)
{
	const char *spec = getenv("LAGESBILD_CRASH");
	const char *colon;
	size_t len;

	if (!spec)
		return;
	crash.signal = SIGKILL;
	if (strncmp(spec, "stop:", 5) == 0) {
		crash.signal = SIGSTOP;
		spec += 5;
	}
	colon = strchr(spec, ':');
	len = colon ? (size_t)(colon - spec) : strlen(spec);
	if (len >= sizeof(crash.name))
		return;
	memcpy(crash.name, spec, len);
	crash.pass = colon ? strtol(colon + 1, NULL, 10) : 1;
}

void run_point(const char *name)
{
	pthread_once(&crash_once, crash_read);
	if (crash.pass == 0 || strcmp(crash.name, name) != 0)
		return;
	if (atomic_fetch_add(&crash_passes, 1) + 1 != crash.pass)
		return;
	kill(getpid(), crash.signal);
	if (crash.signal == SIGKILL)
		_exit(137); /* PID 1 of a container cannot kill itself */
}
#endif
