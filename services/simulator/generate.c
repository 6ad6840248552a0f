#include "generate.h"

#include "fire.h"
#include "follow.h"
#include <math.h>
#include <string.h>

static const double week_weights[][7] = {
	[HOURS_FLAT] = {1, 1, 1, 1, 1, 1, 1},
	[HOURS_NIGHTLIFE] = {0.4, 0.4, 0.5, 0.6, 1.6, 2.3, 1.2},
	[HOURS_EVENING] = {0.8, 0.8, 0.9, 0.9, 1.4, 1.4, 0.8},
	[HOURS_DAY] = {1.1, 1.1, 1.1, 1.1, 1.2, 0.8, 0.6},
	[HOURS_SCHOOL] = {1.3, 1.3, 1.3, 1.3, 1.2, 0.3, 0.3},
	[HOURS_TRAFFIC] = {1.1, 1, 1, 1.1, 1.3, 0.8, 0.7},
	[HOURS_HOME] = {0.7, 0.7, 0.7, 0.8, 1.5, 1.6, 1},
};

static const double hour_weights[][24] = {
	[HOURS_FLAT] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
	[HOURS_NIGHTLIFE] = {6, 6, 5, 3, 1, .3, .2, .2, .2, .3, .4, .5, .6, .7, .8, 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6},
	[HOURS_EVENING] = {2,	1,   .6,  .4, .2,  .2,	.3, .5,	 .6,  .7,  .8,	1,
			   1.2, 1.3, 1.6, 2,  2.4, 2.8, 3,  3.2, 3.4, 3.4, 3.2, 2.8},
	[HOURS_DAY] = {.2, .1, .1, .1, .1, .3, .8, 1.8, 2.6, 3, 3, 3, 2.8, 3, 3, 2.8, 2.4, 1.8, 1.2, 1, .8, .6, .4, .3},
	[HOURS_SCHOOL] = {.05, .02, .02, .02, .02, .05, .2, 1,	3,  4,	4,  4.5,
			  4,   4,   3.5, 2.5, 1.2, .8,	.6, .5, .4, .3, .2, .1},
	[HOURS_TRAFFIC] = {.4,	.3, .3,	 .2,  .3,  .8, 1.6, 3.2, 2.6, 1.8, 1.6, 1.7,
			   1.9, 2,  2.4, 3.2, 3.6, 3,  2,   1.4, 1.1, .9,  .8,	.6},
	[HOURS_HOME] = {3.5, 3, 2, 1, .5, .4, .5, .7, .8, .9, 1, 1, 1, 1, 1.1, 1.3, 1.6, 2, 2.3, 2.7, 3.2, 4, 4.5, 4.5},
};

enum { DAY_S = 86400, SILENT_UNITS = 2 };
#define SILENT_MS (62 * (int64_t)DAY_S * 1000)

static struct rng stream(const struct generate *g, int32_t month, unsigned what)
{
	struct rng r;

	rng_init(&r, g->plan.seed, (uint64_t)month << 16 | what);
	return r;
}

unsigned generate_spot(const struct generate *g, struct rng *r)
{
	return (unsigned)rng_pick(r, g->plan.world->weights, g->plan.world->own_count);
}

int64_t generate_time(const struct generate *g, struct rng *r, int64_t days, enum event_hours hours)
{
	int hour = (int)rng_pick(r, hour_weights[hours], 24);
	struct calendar_day day;
	struct period_civil wall = {.hour = hour, .minute = (int)rng_below(r, 60), .second = (int)rng_below(r, 60)};

	calendar_day(hour < 5 ? days + 1 : days, &day); /* the night belongs to the evening before */
	wall.year = day.year;
	wall.month = day.month;
	wall.day = day.day;
	return period_utc_ms(g->plan.world->zone, &wall);
}

/* From the event to the first message: mostly soon, sometimes weeks. */
static int64_t lag_ms(const struct source *s, struct rng *r)
{
	double hours = rng_exponential(r, s->lag_hours);

	if (rng_chance(r, s->late_chance))
		hours += 24 * (5 + rng_unit(r) * (s->late_days - 5));
	return (int64_t)(hours * 3600) * 1000;
}

/* The last units of the list have not got round to it in the last weeks: others report what they would have seen. */
static uint8_t reporting_unit(const struct generate *g, const struct event *e)
{
	size_t units = g->plan.world->unit_count, busy = units > SILENT_UNITS ? units - SILENT_UNITS : units;

	return e->occurred_ms < g->end_ms - SILENT_MS ? e->unit : (uint8_t)(e->unit % busy);
}

/* A personal text: mostly in a free text, now and then where a type or a place should be. */
static void plant(struct generate *g, struct rng *r, struct event *e)
{
	e->personal = ++g->planted;
	if (e->source == SOURCE_POLICE || e->source == SOURCE_STAFF)
		e->strange = rng_chance(r, 0.1) ? STRANGE_TYPE : STRANGE_NOT;
	if (e->source == SOURCE_POLICE && !e->strange && rng_chance(r, 0.1))
		e->strange = STRANGE_PLACE;
}

void generate_event(struct generate *g, struct rng *r, int source, unsigned type, unsigned spot, int64_t occurred_ms)
{
	const struct source *s = sources[source];
	struct event e = {.source = (uint8_t)source,
			  .type = (uint16_t)type,
			  .spot = (uint16_t)spot,
			  .salt = rng_next(r),
			  .unsafety = -1,
			  .occurred_ms = occurred_ms};
	struct rng own;

	if (!(g->plan.wanted & 1u << source))
		return;
	rng_init(&own, e.salt, 9);
	e.sent_ms = e.at_ms = occurred_ms + lag_ms(s, &own);
	e.created_ms = source == SOURCE_POLICE || source == SOURCE_PRESS ? e.sent_ms : occurred_ms;
	if (s->draw)
		s->draw(&own, g->plan.world, &e);
	e.unit = reporting_unit(g, &e);
	if (g->plan.personal && rng_chance(&own, 0.15))
		plant(g, &own, &e);
	e.number = ++g->numbers[source];
	queue_push(&g->queue, &e);
	/* Large fires and crashes bring a second station: the same incident under a number of its own. */
	if (source == SOURCE_RESCUE && rng_chance(&own, type < 6 ? 0.3 : 0.03)) {
		e.second = true;
		e.number = ++g->numbers[source];
		queue_push(&g->queue, &e);
	}
}

static double day_rate(const struct event_type *type, const struct calendar_day *day)
{
	double season = 1 + type->summer * -cos(2 * M_PI * (day->year_part - 0.05));
	double rate = type->monthly / 30.4 * season * week_weights[type->hours][day->weekday - 1];

	if (day->eve && type->eve > 0)
		rate *= type->eve;
	if (day->payday && type->hours == HOURS_NIGHTLIFE)
		rate *= 1.2;
	if (day->school_free && day->weekday < 6 && type->school_free > 0)
		rate *= type->school_free;
	if (day->holiday && day->weekday < 6 && (type->hours == HOURS_SCHOOL || type->hours == HOURS_TRAFFIC))
		rate *= 0.5;
	return rate;
}

/* What the stories add on that day: at one place, or anywhere. */
static void add_stories(struct generate *g, struct rng *r, int source, unsigned type, int64_t days, double rate)
{
	const struct event_type *t = &sources[source]->types[type];

	for (int i = 0; i < STORIES; i++) {
		const struct story *s = &g->stories[i];
		double factor = story_factor(s, source, t->category, days * DAY_S * INT64_C(1000));
		double share = s->spot < 0 ? 1 : g->plan.world->weights[s->spot] / g->weight_sum;

		if (factor <= 1)
			continue;
		for (unsigned n = rng_poisson(r, rate * share * (factor - 1)); n > 0; n--)
			generate_event(g, r, source, type, s->spot < 0 ? generate_spot(g, r) : (unsigned)s->spot,
				       generate_time(g, r, days, t->hours));
	}
}

/* Did a measure, or a silence, keep this one away? */
static bool kept_away(const struct generate *g, struct rng *r, int source, const char *category, int64_t ms)
{
	for (int i = 0; i < STORIES; i++) {
		double factor = story_factor(&g->stories[i], source, category, ms);

		if (factor < 1 && !rng_chance(r, factor))
			return true;
	}
	return false;
}

static void draw_day(struct generate *g, struct rng *r, int source, int64_t days)
{
	const struct source *s = sources[source];
	struct calendar_day day;

	calendar_day(days, &day);
	for (unsigned type = 0; type < s->type_count; type++) {
		double rate = g->plan.scale * day_rate(&s->types[type], &day);

		for (unsigned n = rng_negbin(r, rate, 3 * g->plan.scale); n > 0; n--) {
			int64_t ms = generate_time(g, r, days, s->types[type].hours);
			unsigned spot = generate_spot(g, r);

			if (!kept_away(g, r, source, s->types[type].category, ms))
				generate_event(g, r, source, type, spot, ms);
		}
		add_stories(g, r, source, type, days, rate);
	}
}

/* Units that say that they have nothing to say, on Sundays; in July nearly all. */
static void draw_nothing(struct generate *g, struct rng *r, int64_t days)
{
	unsigned type = source_type(SOURCE_STAFF, "inget", NULL);
	struct calendar_day day;

	calendar_day(days, &day);
	if (day.weekday != 7)
		return;
	for (size_t i = 0; i < g->plan.world->unit_count; i++)
		if (rng_chance(r, day.month == 7 ? 0.8 : 0.25))
			generate_event(g, r, SOURCE_STAFF, type, 0, generate_time(g, r, days, HOURS_DAY));
}

/* One row for each ground and reporter, sent about the 12th of the next month. */
static void draw_counts(struct generate *g, int32_t month)
{
	const struct source *s = sources[SOURCE_SOCIAL];
	struct rng r = stream(g, month, SOURCE_SOCIAL);
	struct calendar_day day;

	calendar_day(period_days(1970 + month / 12, month % 12 + 1, 15), &day);
	for (unsigned type = 0; type < s->type_count; type++) {
		struct event e = {.source = SOURCE_SOCIAL, .type = (uint16_t)type, .salt = rng_next(&r)};
		double mean = g->plan.scale * 30.4 * day_rate(&s->types[type], &day);

		e.occurred_ms = period_month_start_ms(g->plan.world->zone, month);
		e.created_ms = e.sent_ms = e.at_ms = period_month_start_ms(g->plan.world->zone, month + 1) +
						     INT64_C(1000) * (DAY_S * (8 + rng_below(&r, 8)) + 36000);
		e.count = (int32_t)rng_negbin(&r, mean, 8);
		e.count = e.count > 9000 ? 9000 : e.count; /* a row's limit is 10,000, and it may be sent anew */
		e.number = ++g->numbers[SOURCE_SOCIAL];
		queue_push(&g->queue, &e);
	}
}

static void draw_month(struct generate *g, int32_t month)
{
	int64_t first = period_days(1970 + month / 12, month % 12 + 1, 1);
	int64_t end = period_days(1970 + (month + 1) / 12, (month + 1) % 12 + 1, 1);

	for (int source = 0; source < SOURCES; source++) {
		struct rng r = stream(g, month, (unsigned)source);

		if (!(g->plan.wanted & 1u << source) || month < g->from[source] || source == SOURCE_SOCIAL)
			continue;
		for (int64_t day = first; day < end; day++) {
			draw_day(g, &r, source, day);
			if (source == SOURCE_STAFF)
				draw_nothing(g, &r, day);
		}
	}
	if ((g->plan.wanted & 1u << SOURCE_SOCIAL) && month >= g->from[SOURCE_SOCIAL])
		draw_counts(g, month);
	fire_draw(g, month);
}

void generate_open(struct generate *g, const struct generate_plan *plan)
{
	const struct world *w = plan->world;

	*g = (struct generate){.plan = *plan, .month = plan->from_month};
	g->end_ms = period_month_start_ms(w->zone, plan->end_month);
	truth_init(&g->truth, w);
	story_plan(g->stories, w, plan->seed, plan->from_month, plan->end_month);
	for (int i = 0; i < SOURCES; i++) {
		g->from[i] = world_from(w, sources[i]->name, sources[i]->kind);
		if (g->from[i] < plan->from_month)
			g->from[i] = plan->from_month;
	}
	for (size_t i = 0; i < w->own_count; i++)
		g->weight_sum += w->weights[i];
}

void generate_close(struct generate *g)
{
	queue_release(&g->queue);
	truth_release(&g->truth);
}

/* The event is out: count it, and queue what comes after it. */
static void settle(struct generate *g, const struct event *e)
{
	struct event next;

	if (e->echo)
		return;
	if (follow_echo(e, &next))
		queue_push(&g->queue, &next);
	if (follow_next(g, e, &next) && next.at_ms < g->end_ms)
		queue_push(&g->queue, &next);
	else
		truth_count(&g->truth, e);
}

bool generate_next(struct generate *g, struct event *out)
{
	for (;;) {
		int64_t drawn = period_month_start_ms(g->plan.world->zone, g->month);

		if (queue_pop(&g->queue, drawn < g->end_ms ? drawn : g->end_ms, out)) {
			settle(g, out);
			return true;
		}
		if (g->month >= g->plan.end_month)
			return false;
		draw_month(g, g->month++);
	}
}
