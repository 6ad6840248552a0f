/* The police's public event notices: a selection. They name the municipality only, and have no update field: a later
 * version is newer because it was fetched later. */
#include "event.h"

#include <stdio.h>

/* Above every id of the real feed until long after this data's years. */
enum { PRESS_ID_BASE = 900000000 };

static const struct event_type types[] = {
	{"Trafikolycka", NULL, "ACC.TRA", NULL, 1.1, HOURS_TRAFFIC, -0.1, 1, 1},
	{"Rattfylleri", NULL, "TRO.DUI", NULL, 0.5, HOURS_NIGHTLIFE, 0.1, 2, 1},
	{"Misshandel", NULL, "VIO.ASS", NULL, 0.4, HOURS_NIGHTLIFE, 0.1, 3, 1},
	{"Brand", NULL, "FIR.UNK", NULL, 0.2, HOURS_EVENING, 0.2, 2, 1.2},
	{"Narkotikabrott", NULL, "DRG", NULL, 0.3, HOURS_EVENING, 0, 1, 1},
	{"Skadegörelse", NULL, "DAM", NULL, 0.3, HOURS_EVENING, 0.1, 2, 1.2},
	{"Stöld/inbrott", NULL, "BUR", NULL, 0.3, HOURS_DAY, 0, 1, 1},
	{"Olaga hot", NULL, "VIO.THR", NULL, 0.2, HOURS_EVENING, 0, 1, 1},
	{"Försvunnen person", NULL, "MIS", NULL, 0.15, HOURS_DAY, 0.1, 1, 1},
	{"Trafikkontroll", NULL, "POL", NULL, 0.4, HOURS_DAY, 0.2, 1, 1},
	{"Sammanfattning natt", NULL, "INF", NULL, 0.3, HOURS_DAY, 0, 1, 1},
};

static const struct event_follow follows[] = {
	{CHANGE_UPDATED, 0.02, 0.5},
	{CHANGE_TYPE, 0.01, 1},
	{CHANGE_WITHDRAWN, 0.004, 2},
};

static const char *const months[] = {"januari", "februari", "mars",	 "april",   "maj",	"juni",
				     "juli",	"augusti",  "september", "oktober", "november", "december"};

static size_t key(const struct event *e, const struct world *w, char out[EVENT_KEY_SIZE])
{
	(void)w;
	return (size_t)snprintf(out, EVENT_KEY_SIZE, "%u", PRESS_ID_BASE + e->number);
}

static void write(const struct event *e, const struct world *w, const char *text, struct object *o)
{
	const struct world_spot *spot = event_spot(e, w);
	struct period_civil c;
	char name[200], gps[48];

	period_local(w->zone, e->occurred_ms, &c);
	snprintf(name, sizeof name, "%02d %s %02d.%02d, %s, %s", c.day, months[c.month - 1], c.hour, c.minute,
		 event_type(e)->name, spot->name);
	snprintf(gps, sizeof gps, "%.6f,%.6f", 59.535036, 15.006573); /* the county's middle, wherever it was */
	object_int(o, "id", (int64_t)PRESS_ID_BASE + e->number);
	object_time(o, "datetime", e->created_ms, OBJECT_PRESS);
	object_text(o, "name", name);
	object_text(o, "summary", text ? text : e->version ? "Uppdaterad uppgift." : "Polisen är på plats.");
	object_text(o, "url", "/aktuellt/handelser/");
	object_text(o, "type", event_type(e)->name);
	object_open(o, "location");
	object_text(o, "name", c.year < 2026 ? spot->name : w->county_name);
	object_text(o, "gps", gps);
	object_close(o);
}

static void draw(struct rng *r, const struct world *w, struct event *e)
{
	(void)r;
	(void)w;
	e->spot = 0;
}

const struct source source_press = {
	.name = "press",
	.kind = "events",
	.types = types,
	.type_count = sizeof types / sizeof *types,
	.follows = follows,
	.follow_count = sizeof follows / sizeof *follows,
	.lag_hours = 1,
	.draw = draw,
	.key = key,
	.write = write,
};
