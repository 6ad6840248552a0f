/* pack_index: folded names to numbers, by open addressing. Built once at start, then only read.
 * Keeps its own copies of the names. */
#ifndef LAGESBILD_PACK_INDEX_H
#define LAGESBILD_PACK_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct pack_index_slot {
	char *name; /* NULL: free */
	uint32_t len, hash;
	int value;
};

struct pack_index {
	struct pack_index_slot *slots;
	size_t cap, count; /* cap is 0 or a power of two */
};

/* The value slot of a folded name: a new name gets `fresh`. NULL without memory. Valid until the
 * next put. */
int *pack_index_put(struct pack_index *index, const char *name, size_t len, int fresh);

/* The value of a folded name, or -1. */
int pack_index_get(const struct pack_index *index, const char *name, size_t len);

void pack_index_release(struct pack_index *index);

#endif
