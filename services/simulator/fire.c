#include "fire.h"

static void one_fire(struct generate *g, struct rng *r, int32_t month, int64_t ms, unsigned spot)
{
	static const struct report {
		int source;
		const char *type, *extra;
		double chance;
		int64_t minutes; /* as this source has the time */
	} reports[] = {
		{SOURCE_RESCUE, "3", "misstankt", 1, 0},
		{SOURCE_POLICE, "Mordbrand", NULL, 0.7, -10},
		{SOURCE_PRESS, "Brand", NULL, 0.5, 5},
		{SOURCE_STAFF, "anlagd_brand", NULL, 0.4, 600},
	};
	bool house = rng_chance(r, 0.2);

	for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
		const struct report *report = &reports[i];
		const char *type = i == 0 && house ? "1" : report->type;
		bool seen = rng_chance(r, report->chance);
		struct rng own;

		/* A stream of its own: what one source is asked for must not change the others. */
		rng_init(&own, rng_next(r), (uint64_t)report->source);
		if (seen && month >= g->from[report->source])
			generate_event(g, &own, report->source, source_type(report->source, type, report->extra),
				       report->source == SOURCE_PRESS ? 0 : spot, ms + report->minutes * 60000);
	}
}

void fire_draw(struct generate *g, int32_t month)
{
	int64_t first = period_days(1970 + month / 12, month % 12 + 1, 1);
	int64_t end = period_days(1970 + (month + 1) / 12, (month + 1) % 12 + 1, 1);
	struct rng r;

	rng_init(&r, g->plan.seed, (uint64_t)month << 16 | 0xf1);
	for (int64_t days = first; days < end; days++) {
		struct calendar_day day;
		double rate;

		calendar_day(days, &day);
		rate = 1.6 / 30.4 * (day.eve ? 5 : 1) * (day.month >= 5 && day.month <= 9 ? 1.4 : 0.7);
		for (unsigned n = rng_poisson(&r, g->plan.scale * rate); n > 0; n--)
			one_fire(g, &r, month, generate_time(g, &r, days, HOURS_EVENING), generate_spot(g, &r));
	}
}
