#include "story.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FROM(source) (1u << (source))

/* Parts of the span; the numbers are the place in the run of own spots, heaviest first. */
static const struct outline {
	const char *what;
	unsigned source_mask;
	const char *category;
	int heaviest; /* the n-th heaviest spot, from 0; STORY_ANYWHERE */
	double from, to;
	double factor;
	bool grows;
} outlines[STORIES] = {
	{"hot-spot", FROM(SOURCE_POLICE) | FROM(SOURCE_STAFF) | FROM(SOURCE_CITIZEN), "DAM", 2, 0.75, 1, 5, true},
	{"measure", FROM(SOURCE_HOUSING) | FROM(SOURCE_STAFF), "NOI", STORY_ANYWHERE, 0.6, 1, 0.45, false},
	{"measure", FROM(SOURCE_STAFF) | FROM(SOURCE_POLICE), "ORD.INT", STORY_ANYWHERE, 0.7, 1, 0.5, false},
	{"silence", FROM(SOURCE_HOUSING), NULL, STORY_ANYWHERE, 0.2, 0, 0, false},
	{"trend", FROM(SOURCE_STAFF) | FROM(SOURCE_CITIZEN), "BUS", STORY_ANYWHERE, 0.4, 1, 2.5, true},
	/* The last winter: what somebody who opens the newest month should find. */
	{"spate", FROM(SOURCE_POLICE) | FROM(SOURCE_STAFF), "DAM", 0, 0.93, 1, 16, false},
};

static int heaviest(const struct world *w, int n)
{
	bool taken[WORLD_SPOTS_MAX] = {false};
	int best = 0;

	for (int i = 0; i <= n; i++) {
		best = -1;
		for (int j = 1; j < (int)w->own_count; j++)
			if (!taken[j] && (best < 0 || w->weights[j] > w->weights[best]))
				best = j;
		if (best < 0)
			return 0;
		taken[best] = true;
	}
	return best;
}

void story_plan(struct story stories[STORIES], const struct world *w, uint64_t seed, int32_t from_month,
		int32_t end_month)
{
	struct rng r;

	rng_init(&r, seed, 0x570);
	for (int i = 0; i < STORIES; i++) {
		const struct outline *o = &outlines[i];
		int32_t span = end_month - from_month, shift = (int32_t)rng_below(&r, 3);
		int32_t from = from_month + (int32_t)(o->from * span) + shift;
		int32_t to = o->to > 0 ? end_month : from + 2; /* a silence: two whole months */

		if (from > end_month - 3)
			from = end_month - 3;

		stories[i] = (struct story){.what = o->what,
					    .source_mask = o->source_mask,
					    .category = o->category,
					    .spot = o->heaviest < 0 ? STORY_ANYWHERE
								    : heaviest(w, o->heaviest + (int)rng_below(&r, 2)),
					    .from_ms = period_month_start_ms(w->zone, from),
					    .to_ms = period_month_start_ms(w->zone, to),
					    .factor = o->factor,
					    .grows = o->grows};
	}
}

double story_factor(const struct story *s, int source, const char *category, int64_t ms)
{
	if (!(s->source_mask & FROM(source)) || ms < s->from_ms || ms >= s->to_ms ||
	    (s->category && strcmp(s->category, category) != 0))
		return 1;
	if (!s->grows)
		return s->factor;
	return 1 + (s->factor - 1) * (double)(ms - s->from_ms) / (double)(s->to_ms - s->from_ms);
}

static void write_one(const struct story *s, const struct world *w, FILE *file)
{
	char from[OBJECT_TIME_SIZE], to[OBJECT_TIME_SIZE];
	const char *blank = "";

	object_write_time(w->zone, s->from_ms, OBJECT_DATE, from);
	object_write_time(w->zone, s->to_ms, OBJECT_DATE, to);
	fprintf(file, "%s,", s->what);
	for (int i = 0; i < SOURCES; i++)
		if (s->source_mask & FROM(i)) {
			fprintf(file, "%s%s", blank, sources[i]->name);
			blank = "|";
		}
	fprintf(file, ",%s,%s,%s,%s,%s,%g\n", s->category ? s->category : "",
		s->spot < 0 ? w->municipality : w->spots[s->spot].area, s->spot < 0 ? "" : w->spots[s->spot].name, from,
		to, s->factor);
}

int story_write(const struct story stories[STORIES], const struct world *w, const char *path, struct err *err)
{
	FILE *file = fopen(path, "we");

	if (file) {
		fputs("what,sources,category,area,place,from,to,factor\n", file);
		for (int i = 0; i < STORIES; i++)
			write_one(&stories[i], w, file);
	}
	if (!file || ferror(file) | fclose(file))
		return err_set(err, ERR_CONFIG, "%s cannot be written: %s.", path, strerror(errno));
	return 0;
}
