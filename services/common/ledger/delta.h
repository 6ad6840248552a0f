/* delta: what a batch changes in the cells, hours and places: sums per key, handed out in sorted order.
 *
 * Sorted, because two writers that update the same cells in different orders deadlock. A key whose sums are all 0 is
 * left out. */
#ifndef LAGESBILD_DELTA_H
#define LAGESBILD_DELTA_H

#include "base/err.h"
#include "base/map64.h"
#include <stddef.h>
#include <stdint.h>

struct delta {
	int64_t key; /* cell, slot, or cell with place (delta_place_key) */
	int64_t n, suppressed, key_sum;
};

struct delta_table {
	struct delta *items;
	size_t count, cap;
	struct map64 index;
};

void delta_init(struct delta_table *t);
void delta_release(struct delta_table *t);
void delta_clear(struct delta_table *t);

/* Add to a key's sums. -1 without memory. */
int delta_add(struct delta_table *t, int64_t key, int64_t n, int64_t suppressed, int64_t key_sum,
	      struct err *err) MUST_CHECK;

/* Sort by key, drop the zeros; items[0..count) may be read until the next add, which must be preceded by clear. */
void delta_finish(struct delta_table *t);

#endif
