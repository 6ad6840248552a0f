/* generate: the events of all sources over a span of months, version by version, in the order in which they are
 * published; and the truth about them.
 *
 * Months are drawn one after the other, so memory holds what is still to come of a few months only. What would be
 * published after the last month's end is not published, and not in the truth. The same plan gives the same events. */
#ifndef SIMULATOR_GENERATE_H
#define SIMULATOR_GENERATE_H

#include "calendar.h"
#include "queue.h"
#include "story.h"
#include "truth.h"

struct generate_plan {
	const struct world *world; /* not owned */
	uint64_t seed;
	int32_t from_month, end_month; /* end: the first month that is no longer in */
	unsigned wanted;	       /* 1 << SOURCE_... */
	double scale;		       /* 1: as many as in a municipality of 22,000 */
	bool personal;		       /* plant personal data */
};

struct generate {
	struct generate_plan plan;
	struct queue queue;
	struct truth truth;
	struct story stories[STORIES];
	int32_t month;	       /* the next to be drawn */
	int32_t from[SOURCES]; /* months from which the sources deliver */
	int64_t end_ms;
	uint32_t numbers[SOURCES], planted;
	double weight_sum;
};

void generate_open(struct generate *g, const struct generate_plan *plan);
void generate_close(struct generate *g);

/* The next event to publish; false: that was all. */
bool generate_next(struct generate *g, struct event *out);

/* For follow.c and fire.c: a new event of the source at that time and spot, with everything else drawn from r; it is
 * queued when it is of a wanted source. */
void generate_event(struct generate *g, struct rng *r, int source, unsigned type, unsigned spot, int64_t occurred_ms);
/* A spot by weight. */
unsigned generate_spot(const struct generate *g, struct rng *r);
/* An instant of that day (days since 1970), by the type's hours. */
int64_t generate_time(const struct generate *g, struct rng *r, int64_t days, enum event_hours hours);

#endif
