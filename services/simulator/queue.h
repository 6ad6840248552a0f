/* queue: events waiting to be published, the earliest first; of equal times in the order in which they came. A binary
 * heap of events by value. */
#ifndef SIMULATOR_QUEUE_H
#define SIMULATOR_QUEUE_H

#include "event.h"

struct queue_item {
	struct event event;
	uint64_t order;
};

struct queue {
	struct queue_item *items;
	size_t len, cap;
	uint64_t pushed;
};

void queue_push(struct queue *q, const struct event *e);
/* The earliest is taken out when it is published before limit_ms. False: there is none. */
bool queue_pop(struct queue *q, int64_t limit_ms, struct event *out);
void queue_release(struct queue *q);

#endif
