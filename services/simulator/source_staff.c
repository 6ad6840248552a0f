/* The municipality's own trained reporters, and their weeks with nothing to report. */
#include "event.h"

#include <stdio.h>

static const struct event_type types[] = {
	{"trasig_belysning", NULL, "PHY", NULL, 6, HOURS_DAY, -0.7, 1, 0.8},
	{"nedskrapning", NULL, "PHY", NULL, 9, HOURS_DAY, 0.2, 2, 1},
	{"vaxtlighet", NULL, "PHY", NULL, 2, HOURS_DAY, 0.8, 1, 1},
	{"klotter", NULL, "DAM", NULL, 6, HOURS_DAY, 0.1, 1.5, 1.1},
	{"skadegorelse", NULL, "DAM", NULL, 6, HOURS_SCHOOL, 0.1, 2, 1.2},
	{"otrygg_plats", NULL, "UNS", NULL, 4, HOURS_EVENING, -0.4, 1, 1},
	{"storande_samling", NULL, "GAT", NULL, 6, HOURS_EVENING, 0.2, 2, 1.2},
	{"buskorning", NULL, "BUS", NULL, 4, HOURS_EVENING, 0.5, 2, 1.3},
	{"berusade", NULL, "ORD.INT", NULL, 3, HOURS_EVENING, 0.1, 4, 1},
	{"narkotika", NULL, "DRG", NULL, 2, HOURS_EVENING, 0, 1, 1},
	{"brak", NULL, "VIO.ASS", NULL, 2.5, HOURS_SCHOOL, 0, 1, 0.3},
	{"hot_mot_anstalld", NULL, "STF", NULL, 1.5, HOURS_SCHOOL, 0, 1, 0.6},
	{"stold", NULL, "THF.GEN", NULL, 1.5, HOURS_SCHOOL, 0, 1, 0.8},
	{"oro_unga", NULL, "CON", NULL, 2, HOURS_SCHOOL, 0, 1, 0.5},
	{"arrangemang", NULL, "EVT", NULL, 1, HOURS_EVENING, 0.3, 2, 1},
	{"anlagd_brand", NULL, "FIR.ARS", NULL, 0.1, HOURS_SCHOOL, 0, 1, 1},
	{"inget", NULL, "INF", NULL, 0, HOURS_DAY, 0, 1, 1},
};

static const struct event_follow follows[] = {
	{CHANGE_TYPE, 0.015, 2},
	{CHANGE_PLACE, 0.02, 2},
	{CHANGE_MONTH, 0.006, 4},
	{CHANGE_WITHDRAWN, 0.01, 3},
};

static size_t key(const struct event *e, const struct world *w, char out[EVENT_KEY_SIZE])
{
	(void)w;
	return (size_t)snprintf(out, EVENT_KEY_SIZE, "R%07u", e->number);
}

static void write(const struct event *e, const struct world *w, const char *text, struct object *o)
{
	char id[EVENT_KEY_SIZE];

	key(e, w, id);
	object_text(o, "rapport_id", id);
	object_text(o, "handelse", event_type_text(e, text));
	object_text(o, "plats", event_spot(e, w)->name);
	object_time(o, "nar", e->occurred_ms, e->day_only ? OBJECT_DATE : OBJECT_MINUTE);
	if (e->unsafety >= 0)
		object_int(o, "otrygghet", e->unsafety);
	object_text(o, "enhet", w->units[e->unit]);
	object_time(o, "uppdaterad", e->sent_ms, OBJECT_OFFSET);
	object_text(o, "anteckning", text);
}

static void draw(struct rng *r, const struct world *w, struct event *e)
{
	e->unit = (uint8_t)rng_below(r, (unsigned)w->unit_count);
	e->day_only = rng_chance(r, 0.2);
	e->unsafety = (int8_t)(rng_chance(r, 0.5) ? (int)rng_below(r, 5) : -1);
}

const struct source source_staff = {
	.name = "staff",
	.kind = "events",
	.types = types,
	.type_count = sizeof types / sizeof *types,
	.follows = follows,
	.follow_count = sizeof follows / sizeof *follows,
	.lag_hours = 30,
	.late_chance = 0.03,
	.late_days = 25,
	.own_revision = true,
	.draw = draw,
	.key = key,
	.write = write,
};
