#include "base/map64.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 64 };
/* Slots are numbered in 32 bits. */
static const size_t cap_max = (size_t)1 << 31;

/* The finalizer of MurmurHash3 (Appleby): keys are often packed small numbers, whose low bits alone would collide. */
static uint64_t mix(uint64_t k)
{
	k ^= k >> 33;
	k *= 0xff51afd7ed558ccdu;
	k ^= k >> 33;
	k *= 0xc4ceb9fe1a85ec53u;
	return k ^ (k >> 33);
}

static size_t find(const struct map64 *m, uint64_t key)
{
	size_t slot = mix(key) & (m->cap - 1);

	while (m->keys[slot] != 0 && m->keys[slot] != key)
		slot = (slot + 1) & (m->cap - 1);
	return slot;
}

static void insert(struct map64 *m, size_t slot, uint64_t key, uint32_t value)
{
	m->keys[slot] = key;
	m->values[slot] = value;
	m->used[m->len++] = (uint32_t)slot;
}

/* One block holds the three arrays, the widest first; the old table stays whole when there is no memory. */
static int grow(struct map64 *m)
{
	struct map64 wider = {.cap = m->cap ? m->cap * 2 : FIRST_CAP};
	size_t i, slot;

	if (wider.cap > cap_max)
		return -1;
	wider.keys = calloc(wider.cap, sizeof(*wider.keys) + sizeof(*wider.values) + sizeof(*wider.used));
	if (!wider.keys)
		return -1;
	wider.values = (uint32_t *)(wider.keys + wider.cap);
	wider.used = wider.values + wider.cap;
	for (i = 0; i < m->len; i++) {
		slot = m->used[i];
		insert(&wider, find(&wider, m->keys[slot]), m->keys[slot], m->values[slot]);
	}
	free(m->keys);
	*m = wider;
	return 0;
}

void map64_init(struct map64 *m)
{
	*m = (struct map64){0};
}

void map64_release(struct map64 *m)
{
	free(m->keys);
	*m = (struct map64){0};
}

void map64_clear(struct map64 *m)
{
	size_t i;

	for (i = 0; i < m->len; i++)
		m->keys[m->used[i]] = 0;
	m->len = 0;
}

int map64_put(struct map64 *m, uint64_t key, uint32_t fresh, uint32_t **slot)
{
	size_t at;

	assert(key != 0);
	if (m->cap > 0) {
		at = find(m, key);
		if (m->keys[at] == key) {
			*slot = &m->values[at];
			return 0;
		}
	}
	if (m->len * 2 >= m->cap && grow(m))
		return -1;
	at = find(m, key);
	insert(m, at, key, fresh);
	*slot = &m->values[at];
	return 1;
}

bool map64_get(const struct map64 *m, uint64_t key, uint32_t *value)
{
	size_t slot;

	if (m->cap == 0)
		return false;
	slot = find(m, key);
	if (m->keys[slot] == 0)
		return false;
	*value = m->values[slot];
	return true;
}
