/* map64: an open-addressing table from a 64-bit key (not 0) to a 32-bit index; grows by doubling, cleared in time
 * proportional to its use. For counting per cell and folding a batch; the caller keeps the values in an array of
 * its own. */
#ifndef LAGESBILD_MAP64_H
#define LAGESBILD_MAP64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map64 {
	uint64_t *keys; /* 0: free */
	uint32_t *values;
	uint32_t *used;	 /* the taken slots in order of arrival: what clearing and growing walk */
	size_t cap, len; /* cap is 0 or a power of two */
};

void map64_init(struct map64 *m);
void map64_release(struct map64 *m);
void map64_clear(struct map64 *m);

/* The value of a key; false when it is not there. */
bool map64_get(const struct map64 *m, uint64_t key, uint32_t *value);

/* The slot for key: *slot is its value; a new key gets `fresh` stored. Returns 1 when new, 0 when found, -1 without
 * memory. *slot is valid until the next put. */
int map64_put(struct map64 *m, uint64_t key, uint32_t fresh, uint32_t **slot);

#endif
