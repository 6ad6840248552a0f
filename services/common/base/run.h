/* run: when to stop, and the clock. One process, one set of flags.
 *
 * SIGTERM and SIGINT ask to stop; a second one means now (_exit 1). SIGPIPE is ignored. Works as PID 1 too.
 * In the sanitizer tree (LAGESBILD_FAULTS) run_point kills the process at a named point, for the fault tests. */
#ifndef LAGESBILD_RUN_H
#define LAGESBILD_RUN_H

#include <stdbool.h>
#include <stdint.h>

void run_init(void);	  /* installs the handlers */
bool run_stopping(void);  /* true once asked to stop; every loop asks at its head */
void run_stop(void);	  /* ask oneself */
int64_t run_now_ms(void); /* wall clock, ms since 1970 */
int64_t run_monotonic_ms(void);

/* When run_stopping was last asked, monotonic ms (0: never): a loop that hangs does not ask. From any thread. */
int64_t run_turned_ms(void);

/* Sleep up to ms, or until asked to stop. */
void run_pause(int64_t ms);

/* Capped exponential back-off with jitter: attempt 0, 1, 2 ... gives about 100 ms, 200 ms ... at most 5 s. */
int64_t run_backoff_ms(unsigned attempt);

/* A named point where a test can kill this process: LAGESBILD_CRASH="name" or "name:N" (the Nth pass) raises
 * SIGKILL there; LAGESBILD_CRASH="stop:name:N" raises SIGSTOP instead. Compiles to nothing in the Release tree. */
#ifdef LAGESBILD_FAULTS
void run_point(const char *name);
#else
static inline void run_point(const char *name)
{
	(void)name;
}
#endif

#endif
