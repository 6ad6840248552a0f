#include "follow.h"

#include <math.h>

enum { VERSIONS_MAX = 4, SOONEST_S = 3 * 3600, DAY_MS = 86400000 };

static int64_t seconds_ms(double seconds)
{
	return (int64_t)floor(seconds) * 1000;
}

static unsigned other_type(struct rng *r, const struct event *e)
{
	const struct source *s = sources[e->source];
	double weights[64];

	for (size_t i = 0; i < s->type_count; i++)
		weights[i] = s->types[i].monthly;
	return (unsigned)rng_pick(r, weights, s->type_count);
}

static void change(const struct generate *g, struct rng *r, enum event_change what, struct event *e)
{
	int64_t earlier = e->occurred_ms - (int64_t)DAY_MS * (1 + rng_below(r, 25));

	switch (what) {
	case CHANGE_TYPE:
		e->type = (uint16_t)other_type(r, e);
		break;
	case CHANGE_PLACE:
		e->spot = (uint16_t)generate_spot(g, r);
		break;
	case CHANGE_MONTH:
		if (earlier >= period_month_start_ms(g->plan.world->zone, g->from[e->source]))
			e->occurred_ms = earlier;
		break;
	case CHANGE_VERIFIED:
		e->verified = true;
		break;
	case CHANGE_UNFOUNDED:
		e->unfounded = true;
		break;
	case CHANGE_COUNT:
		e->count += (int)rng_below(r, 4);
		break;
	case CHANGE_WITHDRAWN:
		e->withdrawn = true;
		break;
	case CHANGE_NONE:
	case CHANGE_UPDATED:
		break;
	}
}

bool follow_next(const struct generate *g, const struct event *e, struct event *next)
{
	const struct source *s = sources[e->source];
	double at;
	struct rng r;

	rng_init(&r, e->salt, 77 + e->version);
	at = rng_unit(&r);
	if (e->withdrawn || e->version == VERSIONS_MAX)
		return false;
	for (size_t i = 0; i < s->follow_count; i++) {
		at -= s->follows[i].chance;
		if (at >= 0)
			continue;
		*next = *e;
		next->version++;
		next->sent_ms += seconds_ms(SOONEST_S + rng_exponential(&r, 86400 * s->follows[i].mean_days));
		next->at_ms = next->sent_ms;
		change(g, &r, s->follows[i].change, next);
		return true;
	}
	return false;
}

bool follow_echo(const struct event *e, struct event *echo)
{
	const struct source *s = sources[e->source];
	struct rng r;

	rng_init(&r, e->salt, 177 + e->version);
	if (!rng_chance(&r, 0.02))
		return false;
	*echo = *e;
	echo->echo = true;
	/* A source without a revision of its own is read by the time of fetching: sent after a newer version, the older
	 * one would be the newest. So it comes before there can be one. */
	echo->at_ms += s->own_revision ? seconds_ms(rng_exponential(&r, 5 * 86400)) : 20 * 60000;
	return true;
}
