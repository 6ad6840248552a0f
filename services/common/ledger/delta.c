#include "ledger/delta.h"

#include <stdlib.h>

void delta_init(struct delta_table *t)
{
	*t = (struct delta_table){0};
	map64_init(&t->index);
}

void delta_release(struct delta_table *t)
{
	free(t->items);
	map64_release(&t->index);
	*t = (struct delta_table){0};
}

void delta_clear(struct delta_table *t)
{
	t->count = 0;
	map64_clear(&t->index);
}

static int make_room(struct delta_table *t, struct err *err)
{
	size_t cap = t->cap ? t->cap * 2 : 256;
	struct delta *more;

	if (t->count < t->cap)
		return 0;
	more = realloc(t->items, cap * sizeof *more);
	if (!more)
		return err_set(err, ERR_RETRY, "out of memory for %zu cell changes", cap);
	t->items = more;
	t->cap = cap;
	return 0;
}

int delta_add(struct delta_table *t, int64_t key, int64_t n, int64_t suppressed, int64_t key_sum, struct err *err)
{
	uint32_t *slot;
	struct delta *d;
	int fresh;

	if (make_room(t, err))
		return -1;
	fresh = map64_put(&t->index, (uint64_t)key + 1, (uint32_t)t->count, &slot);
	if (fresh < 0)
		return err_set(err, ERR_RETRY, "out of memory for the index of cell changes");
	if (fresh)
		t->items[t->count++] = (struct delta){.key = key};
	d = &t->items[*slot];
	d->n += n;
	d->suppressed += suppressed;
	d->key_sum += key_sum;
	return 0;
}

static int by_key(const void *a, const void *b)
{
	const struct delta *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

void delta_finish(struct delta_table *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++)
		if (t->items[i].n || t->items[i].suppressed || t->items[i].key_sum)
			t->items[kept++] = t->items[i];
	t->count = kept;
	if (t->count > 1) /* qsort takes no null pointer, even for nothing */
		qsort(t->items, t->count, sizeof *t->items, by_key);
}
