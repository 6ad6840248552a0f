/* Police reports, de-identified. */
#include "event.h"

#include <stdio.h>

static const struct event_type types[] = {
	{"Misshandel", NULL, "VIO.ASS", NULL, 7, HOURS_NIGHTLIFE, 0.15, 3, 1},
	{"Misshandel, grov", NULL, "VIO.AGG", NULL, 0.8, HOURS_NIGHTLIFE, 0.1, 2, 1},
	{"Olaga hot", NULL, "VIO.THR", NULL, 7, HOURS_EVENING, 0, 1.5, 1},
	{"Ofredande/förargelse", NULL, "VIO.HAR", NULL, 6, HOURS_EVENING, 0.1, 1, 0.8},
	{"Våld/hot mot tjänsteman", NULL, "VIO.OFF", NULL, 1.2, HOURS_NIGHTLIFE, 0, 2, 1},
	{"Sexualbrott", NULL, "SEX", NULL, 1.5, HOURS_NIGHTLIFE, 0.1, 2, 1},
	{"Rån", NULL, "ROB", NULL, 0.5, HOURS_EVENING, -0.1, 1, 1},
	{"Inbrott", NULL, "BUR", NULL, 5, HOURS_DAY, -0.15, 1, 1.2},
	{"Stöld", NULL, "THF.GEN", NULL, 12, HOURS_DAY, 0.15, 1, 1},
	{"Motorfordon, stöld", NULL, "THF.VEH", NULL, 2.5, HOURS_NIGHTLIFE, 0.2, 1, 1.2},
	{"Olaga intrång", NULL, "TRS", NULL, 1.2, HOURS_EVENING, 0, 1, 1},
	{"Skadegörelse", NULL, "DAM", NULL, 11, HOURS_EVENING, 0.2, 2.5, 1.3},
	{"Mordbrand", NULL, "FIR.ARS", NULL, 0.2, HOURS_EVENING, 0.2, 2, 1.5},
	{"Knivlagen", NULL, "WEP.ILL", NULL, 1, HOURS_EVENING, 0, 1, 1},
	{"Narkotikabrott", NULL, "DRG", NULL, 7, HOURS_EVENING, 0, 1.5, 1},
	{"Bedrägeri", NULL, "FRD", NULL, 8, HOURS_DAY, 0, 1, 1},
	{"Fylleri/LOB", NULL, "ORD.INT", NULL, 4, HOURS_NIGHTLIFE, 0.1, 4, 1},
	{"Ordningslagen", NULL, "ORD.PUB", NULL, 1, HOURS_EVENING, 0.2, 3, 1},
	{"Rattfylleri", NULL, "TRO.DUI", NULL, 4, HOURS_NIGHTLIFE, 0.2, 2, 1},
	{"Trafikolycka, smitning från", NULL, "TRO.HIT", NULL, 3, HOURS_TRAFFIC, -0.1, 1, 1},
};

static const struct event_follow follows[] = {
	{CHANGE_UPDATED, 0.15, 20}, {CHANGE_UNFOUNDED, 0.04, 25}, {CHANGE_TYPE, 0.03, 9},
	{CHANGE_PLACE, 0.02, 5},    {CHANGE_MONTH, 0.012, 12},	  {CHANGE_WITHDRAWN, 0.007, 15},
};

static size_t key(const struct event *e, const struct world *w, char out[EVENT_KEY_SIZE])
{
	struct period_civil c;

	period_local(w->zone, e->created_ms, &c);
	return (size_t)snprintf(out, EVENT_KEY_SIZE, "5000-K%06u-%02d", e->number, c.year % 100);
}

static void write(const struct event *e, const struct world *w, const char *text, struct object *o)
{
	const struct world_spot *spot = event_spot(e, w);
	char id[EVENT_KEY_SIZE];
	double lat, lon;
	bool point;

	key(e, w, id);
	object_text(o, "report_id", id);
	object_text(o, "type", event_type_text(e, text));
	object_time(o, "occurred_from", e->occurred_ms, e->day_only ? OBJECT_DATE : OBJECT_OFFSET);
	if (e->ranged)
		object_time(o, "occurred_to", e->occurred_ms + 60000 * (int64_t)(30 + e->salt % 600), OBJECT_OFFSET);
	object_time(o, "reported_at", e->created_ms, OBJECT_OFFSET);
	object_text(o, "kommun", spot->municipality);
	point = event_point(e, w, 0.4, &lat, &lon);
	if (e->strange == STRANGE_PLACE || (e->spot && !(point && e->salt % 2))) /* some say it by the point alone */
		object_text(o, "plats", event_place_text(e, w, text));
	if (point) {
		object_real(o, "lat", lat, 6);
		object_real(o, "long", lon, 6);
	}
	object_text(o, "status", e->unfounded ? "unfounded" : "reported");
	if (e->version)
		object_time(o, "updated_at", e->sent_ms, OBJECT_OFFSET);
	object_text(o, "description", text);
}

static void draw(struct rng *r, const struct world *w, struct event *e)
{
	(void)w;
	e->day_only = rng_chance(r, 0.06);
	e->ranged = !e->day_only && rng_chance(r, 0.3);
}

const struct source source_police = {
	.name = "police",
	.kind = "events",
	.types = types,
	.type_count = sizeof types / sizeof *types,
	.follows = follows,
	.follow_count = sizeof follows / sizeof *follows,
	.lag_hours = 30,
	.late_chance = 0.05,
	.late_days = 60,
	.own_revision = true,
	.draw = draw,
	.key = key,
	.write = write,
};
