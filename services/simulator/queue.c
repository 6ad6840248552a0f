#include "queue.h"

#include <assert.h>
#include <stdlib.h>

static bool before(const struct queue_item *a, const struct queue_item *b)
{
	return a->event.at_ms != b->event.at_ms ? a->event.at_ms < b->event.at_ms : a->order < b->order;
}

void queue_push(struct queue *q, const struct event *e)
{
	struct queue_item item = {*e, q->pushed++};
	size_t at = q->len;

	if (q->len == q->cap) {
		q->cap = q->cap ? 2 * q->cap : 1024;
		q->items = realloc(q->items, q->cap * sizeof *q->items);
		assert(q->items);
	}
	q->len++;
	for (; at && before(&item, &q->items[(at - 1) / 2]); at = (at - 1) / 2)
		q->items[at] = q->items[(at - 1) / 2];
	q->items[at] = item;
}

bool queue_pop(struct queue *q, int64_t limit_ms, struct event *out)
{
	struct queue_item last;
	size_t at = 0, child;

	if (!q->len || q->items[0].event.at_ms >= limit_ms)
		return false;
	*out = q->items[0].event;
	last = q->items[--q->len];
	while ((child = 2 * at + 1) < q->len) {
		if (child + 1 < q->len && before(&q->items[child + 1], &q->items[child]))
			child++;
		if (!before(&q->items[child], &last))
			break;
		q->items[at] = q->items[child];
		at = child;
	}
	if (q->len)
		q->items[at] = last;
	return true;
}

void queue_release(struct queue *q)
{
	free(q->items);
	*q = (struct queue){0};
}
