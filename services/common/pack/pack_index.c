#include "pack/pack_index.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a (Fowler, Noll, Vo): the names are our own files', so nobody can choose them to collide. */
static uint32_t pack_index_hash(const char *name, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return hash;
}

static struct pack_index_slot *pack_index_slot(const struct pack_index *index, const char *name, size_t len,
					       uint32_t hash)
{
	size_t at = hash & (index->cap - 1);

	for (;; at = (at + 1) & (index->cap - 1)) {
		struct pack_index_slot *slot = &index->slots[at];

		if (!slot->name || (slot->hash == hash && slot->len == len && !memcmp(slot->name, name, len)))
			return slot;
	}
}

static int pack_index_grow(struct pack_index *index)
{
	struct pack_index bigger = {.cap = index->cap ? index->cap * 2 : 256, .count = index->count};

	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -1;
	for (size_t i = 0; i < index->cap; i++) {
		const struct pack_index_slot *old = &index->slots[i];

		if (old->name)
			*pack_index_slot(&bigger, old->name, old->len, old->hash) = *old;
	}
	free(index->slots);
	*index = bigger;
	return 0;
}

int *pack_index_put(struct pack_index *index, const char *name, size_t len, int fresh)
{
	uint32_t hash = pack_index_hash(name, len);
	struct pack_index_slot *slot;

	if (index->count * 2 >= index->cap && pack_index_grow(index) < 0)
		return NULL;
	slot = pack_index_slot(index, name, len, hash);
	if (!slot->name) {
		slot->name = malloc(len + 1);
		if (!slot->name)
			return NULL;
		memcpy(slot->name, name, len);
		slot->name[len] = '\0';
		slot->len = (uint32_t)len;
		slot->hash = hash;
		slot->value = fresh;
		index->count++;
	}
	return &slot->value;
}

int pack_index_get(const struct pack_index *index, const char *name, size_t len)
{
	const struct pack_index_slot *slot;

	if (!index->cap)
		return -1;
	slot = pack_index_slot(index, name, len, pack_index_hash(name, len));
	return slot->name ? slot->value : -1;
}

void pack_index_release(struct pack_index *index)
{
	for (size_t i = 0; i < index->cap; i++)
		free(index->slots[i].name);
	free(index->slots);
	*index = (struct pack_index){0};
}
