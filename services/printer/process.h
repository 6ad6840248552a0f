/* process: a program run for one job: in a group of its own, with limits and an environment of its own, and killed
 * with all that it has started. */
#ifndef PRINTER_PROCESS_H
#define PRINTER_PROCESS_H

#include "base/buf.h"
#include "base/err.h"
#include <stdint.h>
#include <sys/types.h>

struct process {
	pid_t pid; /* 0: none */
	int in;	   /* what is written here, it reads */
	int out;   /* what it says, is read here */
};

/* Starts argv[0] (looked up in PATH). It reads from fd_in and writes to fd_out of its own (0 and 1, or 3 and 4); the
 * rest of 0 to 2 is /dev/null. home: its HOME and TMPDIR. ERR_CONFIG: there is no such program. */
int process_start(struct process *p, char *const argv[], int fd_in, int fd_out, const char *home,
		  struct err *err) MUST_CHECK;

/* Reads until a byte that is stop (kept out of b, taken away), or, with stop -1, until the end. deadline_ms: of
 * run_monotonic_ms. ERR_RETRY: time is up, or it has ended before. What came after stop stays in rest. */
int process_read(struct process *p, int stop, int64_t deadline_ms, struct buf *b, struct buf *rest,
		 struct err *err) MUST_CHECK;
int process_write(struct process *p, const void *data, size_t len, int64_t deadline_ms, struct err *err) MUST_CHECK;
void process_close_in(struct process *p); /* it reads the end */

/* Kills the group and waits for it. Its exit status, -1 when it was killed. */
int process_end(struct process *p, bool kill_it);

#endif
