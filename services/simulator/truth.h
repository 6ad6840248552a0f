/* truth: what the picture must show of everything that was sent, kept by the generator's own bookkeeping of what it
 * meant, never by reading messages: view month_cell, row for row, and hour_cell. */
#ifndef SIMULATOR_TRUTH_H
#define SIMULATOR_TRUTH_H

#include "base/err.h"
#include "base/map64.h"
#include "event.h"

enum { TRUTH_CATEGORIES_MAX = 128 };

struct truth_cell {
	uint64_t key; /* month << 32 | area << 24 | category << 14 | source << 8 | weekday-hour, or 255: the month's own
		       */
	int64_t n, suppressed;
};

struct truth {
	const struct world *world; /* not owned */
	struct map64 index;
	struct truth_cell *cells;
	size_t len, cap;
	const char *categories[TRUTH_CATEGORIES_MAX];
	size_t category_count;
};

void truth_init(struct truth *t, const struct world *world);
void truth_release(struct truth *t);

/* The event's last version comes in. What is not counted changes nothing: withdrawn, unfounded, reinforcements,
 * categories that are activity or information. */
void truth_count(struct truth *t, const struct event *e);

/* CSV month,municipality,area,category,source,n,n_suppressed as view month_cell, or for hours ...,source,weekday,hour,n
 * as view hour_cell; sorted; cells of 0 are left out. */
int truth_write(const struct truth *t, bool hours, const char *path, struct err *err) MUST_CHECK;

#endif
