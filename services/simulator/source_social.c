/* Social services: one row a month, ground and kind of reporter; nothing else may be in it. */
#include "event.h"

#include <stdio.h>

static const struct event_type types[] = {
	{"barnets_egen_problematik", "skola", "CON", NULL, 9, HOURS_FLAT, -0.4, 1, 1},
	{"barnets_egen_problematik", "polis", "CON", NULL, 7, HOURS_FLAT, 0.1, 1, 1},
	{"barnets_egen_problematik", "vard", "CON", NULL, 4, HOURS_FLAT, 0, 1, 1},
	{"foralders_problematik", "skola", "CON", NULL, 6, HOURS_FLAT, -0.3, 1, 1},
	{"foralders_problematik", "forskola", "CON", NULL, 3, HOURS_FLAT, -0.3, 1, 1},
	{"foralders_problematik", "polis", "CON", NULL, 6, HOURS_FLAT, 0.1, 1, 1},
	{"foralders_problematik", "vard", "CON", NULL, 7, HOURS_FLAT, 0, 1, 1},
	{"foralders_problematik", "anhorig", "CON", NULL, 2, HOURS_FLAT, 0, 1, 1},
	{"vald_i_nara_relation", "polis", "CON", NULL, 8, HOURS_FLAT, 0.1, 1, 1},
	{"vald_i_nara_relation", "skola", "CON", NULL, 2, HOURS_FLAT, -0.3, 1, 1},
	{"brottslighet", "polis", "CON", NULL, 5, HOURS_FLAT, 0.1, 1, 1},
	{"missbruk", "polis", "CON", NULL, 3, HOURS_FLAT, 0.1, 1, 1},
	{"skolfranvaro", "skola", "CON", NULL, 4, HOURS_FLAT, -0.9, 1, 1},
	{"annat", "annan", "CON", NULL, 3, HOURS_FLAT, 0, 1, 1},
	{"annat", NULL, "CON", NULL, 1.5, HOURS_FLAT, 0, 1, 1},
};

static const struct event_follow follows[] = {{CHANGE_COUNT, 0.06, 20}};

static void period_of(const struct event *e, const struct world *w, char out[16])
{
	struct period_civil c;

	period_local(w->zone, e->occurred_ms, &c);
	snprintf(out, 16, "%04d-%02d", c.year % 10000, c.month);
}

static size_t key(const struct event *e, const struct world *w, char out[EVENT_KEY_SIZE])
{
	const struct event_type *type = event_type(e);
	char period[16];

	period_of(e, w, period);
	return (size_t)snprintf(out, EVENT_KEY_SIZE, "%s|%s||%s|%s", period, w->municipality, type->name,
				type->extra ? type->extra : "");
}

static void write(const struct event *e, const struct world *w, const char *text, struct object *o)
{
	const struct event_type *type = event_type(e);
	char period[16];

	(void)text;
	period_of(e, w, period);
	object_text(o, "period", period);
	object_text(o, "kommun", w->municipality);
	object_text(o, "grund", type->name);
	object_text(o, "anmalare", type->extra);
	/* Half of the small ones come suppressed; the normalizer must do it to the others. */
	if (e->count > 0 && e->count < 5 && e->salt % 2)
		object_text(o, "antal", "<5");
	else
		object_int(o, "antal", e->count);
	object_time(o, "uppdaterad", e->sent_ms, OBJECT_OFFSET);
}

const struct source source_social = {
	.name = "social",
	.kind = "counts",
	.types = types,
	.type_count = sizeof types / sizeof *types,
	.follows = follows,
	.follow_count = sizeof follows / sizeof *follows,
	.own_revision = true,
	.key = key,
	.write = write,
};
