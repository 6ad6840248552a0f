/* story: the few real changes that are planted in the data, which an analysis should find. */
#ifndef SIMULATOR_STORY_H
#define SIMULATOR_STORY_H

#include "base/err.h"
#include "event.h"

enum { STORIES = 6, STORY_ANYWHERE = -1 };

struct story {
	const char *what;     /* hot-spot, measure, silence, trend, spate */
	unsigned source_mask; /* 1 << SOURCE_... */
	const char *category; /* of the type; NULL: all */
	int spot;	      /* or STORY_ANYWHERE */
	int64_t from_ms, to_ms;
	double factor; /* at the end; a growing one begins at 1 */
	bool grows;
};

/* The same for the same seed and span. */
void story_plan(struct story stories[STORIES], const struct world *w, uint64_t seed, int32_t from_month,
		int32_t end_month);

/* What the story does to events of that source and category at that time: 1 when it says nothing. */
double story_factor(const struct story *s, int source, const char *category, int64_t ms);

/* CSV what,sources,category,area,place,from,to,factor. */
int story_write(const struct story stories[STORIES], const struct world *w, const char *path,
		struct err *err) MUST_CHECK;

#endif
