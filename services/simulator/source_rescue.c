/* The rescue service's responses: event reports that are written days or weeks afterwards. */
#include "event.h"
#include "sweref.h"

#include <stdio.h>

static const struct event_type types[] = {
	{"1", "nej", "FIR.UNK", NULL, 1.5, HOURS_HOME, -0.1, 1.5, 1},
	{"1", "misstankt", "FIR.ARS", NULL, 0, HOURS_EVENING, 0.2, 2, 1.3},
	{"3", "okant", "FIR.UNK", NULL, 2.2, HOURS_EVENING, 0.4, 3, 1.3},
	{"3", "misstankt", "FIR.ARS", NULL, 0, HOURS_EVENING, 0.3, 3, 1.4},
	{"2", NULL, "ACC.TRA", NULL, 6, HOURS_TRAFFIC, -0.1, 1, 1},
	{"4", NULL, "ACC.OTH", NULL, 0.6, HOURS_DAY, 0, 1, 1},
	{"5", NULL, "RES", NULL, 0.1, HOURS_DAY, 0.9, 1, 1},
	{"6", NULL, "RES", NULL, 2.5, HOURS_HOME, 0, 1, 1},
	{"7", NULL, "RES", NULL, 0.3, HOURS_DAY, 0.3, 1, 1},
	{"8", NULL, "ACC.OTH", NULL, 0.4, HOURS_FLAT, -0.6, 1, 1},
	{"12", NULL, "ACC.OTH", NULL, 0.6, HOURS_HOME, 0, 1, 1},
	{"13", NULL, "ACC.OTH", NULL, 1, HOURS_DAY, 0, 1, 1},
	{"14", NULL, "FIR.AUT", NULL, 9, HOURS_DAY, 0, 1, 0.8},
	{"15", NULL, "INF", NULL, 2, HOURS_DAY, 0, 1, 1},
};

static const struct event_follow follows[] = {
	{CHANGE_UPDATED, 0.2, 15}, {CHANGE_TYPE, 0.03, 20},	  {CHANGE_PLACE, 0.01, 12},
	{CHANGE_MONTH, 0.004, 20}, {CHANGE_WITHDRAWN, 0.006, 20},
};

static const char *const place_types[] = {"flerbostadshus", "villa", "skola", "industri", "vag", "skog", "annat"};

static size_t key(const struct event *e, const struct world *w, char out[EVENT_KEY_SIZE])
{
	struct period_civil c;

	period_local(w->zone, e->created_ms, &c);
	return (size_t)snprintf(out, EVENT_KEY_SIZE, "%04d%06u", c.year, e->number);
}

static void write_times(const struct event *e, struct rng *r, struct object *o)
{
	int64_t there = e->occurred_ms + 1000 * (int64_t)(240 + rng_below(r, 900));

	object_time(o, "larm_tid", e->occurred_ms, OBJECT_LOCAL);
	object_time(o, "ankomst_tid", there, OBJECT_LOCAL);
	object_time(o, "avslut_tid", there + 60000 * (int64_t)(10 + rng_below(r, 240)), OBJECT_LOCAL);
}

/* Some stations map in SWEREF 99, some by GPS. */
static void write_point(const struct event *e, double lat, double lon, struct object *o)
{
	double north, east;

	if (e->salt / 2 % 2) {
		object_real(o, "lat", lat, 6);
		object_real(o, "long", lon, 6);
		return;
	}
	sweref_project(lat, lon, &north, &east);
	object_real(o, "n", north, 1);
	object_real(o, "e", east, 1);
	object_int(o, "epsg", 3006);
}

static void write(const struct event *e, const struct world *w, const char *text, struct object *o)
{
	const struct world_spot *spot = event_spot(e, w);
	const struct event_type *type = event_type(e);
	char id[EVENT_KEY_SIZE], alarm[32];
	struct period_civil c;
	double lat, lon;
	struct rng r;
	bool point;

	event_details(e, &r);
	key(e, w, id);
	period_local(w->zone, e->created_ms, &c);
	snprintf(alarm, sizeof alarm, "%04d%02d%02d-%05u", c.year, c.month, c.day, (unsigned)(e->salt % 100000));
	object_text(o, "larmnummer", id);
	object_text(o, "sos_arende", alarm);
	object_text(o, "insatstyp", !e->second ? "forsta" : rng_chance(&r, 0.8) ? "forstarkning" : "befal");
	object_int(o, "handelsetyp_id", type->name[1] ? 10 + type->name[1] - '0' : type->name[0] - '0');
	write_times(e, &r, o);
	object_text(o, "kommun", spot->municipality);
	point = event_point(e, w, 0.5, &lat, &lon);
	if (e->spot && e->spot < w->own_count && !(point && e->salt % 2))
		object_text(o, "plats", spot->name);
	object_text(o, "plats_typ", place_types[rng_below(&r, sizeof place_types / sizeof *place_types)]);
	if (point)
		write_point(e, lat, lon, o);
	object_text(o, "anlagd", type->extra ? type->extra : "nej");
	object_time(o, "uppdaterad", e->sent_ms, OBJECT_LOCAL);
	object_text(o, "beskrivning", text);
	object_text(o, "inringare", text);
}

/* Help goes over the municipality's border too. */
static void draw(struct rng *r, const struct world *w, struct event *e)
{
	if (w->spot_count > w->own_count && rng_chance(r, 0.04))
		e->spot = (uint16_t)(w->own_count + rng_below(r, (unsigned)(w->spot_count - w->own_count)));
}

const struct source source_rescue = {
	.name = "rescue",
	.kind = "events",
	.types = types,
	.type_count = sizeof types / sizeof *types,
	.follows = follows,
	.follow_count = sizeof follows / sizeof *follows,
	.lag_hours = 100,
	.late_chance = 0.15,
	.late_days = 60,
	.own_revision = true,
	.draw = draw,
	.key = key,
	.write = write,
};
