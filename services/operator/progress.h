/* progress: how far something is that takes more than a second, on standard error, if that is a terminal; else nothing.
 *
 * A line that is drawn over itself a few times a second: bar, percent, what has been done, rate, time left. Storage of
 * the caller's; nothing to release. */
#ifndef LAGESBILD_PROGRESS_H
#define LAGESBILD_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *what; /* "reading" */
	const char *unit; /* "records" */
	int64_t total, begun_ms, drawn_ms;
	bool shown;
};

/* total 0: not known; no bar then, and no time left. The texts are borrowed. */
void progress_begin(struct progress *p, const char *what, const char *unit, int64_t total);

/* Draws if a fifth of a second has passed: cheap enough to be called for every batch. */
void progress_at(struct progress *p, int64_t done);

/* Wipe the line, and leave one that says what was done in which time. Nothing when progress_begin showed nothing. */
void progress_end(struct progress *p, int64_t done);

/* The line as it is drawn, terminated, without its control characters: for tests. elapsed_ms since the beginning. */
void progress_line(const struct progress *p, int64_t done, int64_t elapsed_ms, char *out, size_t max);

#endif
