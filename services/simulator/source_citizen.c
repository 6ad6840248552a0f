/* Citizens' observations: Open311 GeoReport v2, as a municipality's reporting tool exports it. */
#include "event.h"

#include <stdio.h>

static const struct event_type types[] = {
	{"belysning", NULL, "PHY", NULL, 2.6, HOURS_EVENING, -0.8, 1, 1},
	{"nedskrapning", NULL, "PHY", NULL, 2.2, HOURS_DAY, 0.4, 2, 1},
	{"vaxtlighet", NULL, "PHY", NULL, 0.6, HOURS_DAY, 0.9, 1, 1},
	{"klotter", NULL, "DAM", NULL, 1.1, HOURS_DAY, 0.1, 1, 1.2},
	{"skadegorelse", NULL, "DAM", NULL, 1, HOURS_DAY, 0.1, 2, 1.2},
	{"otrygg_plats", NULL, "UNS", NULL, 1.4, HOURS_EVENING, -0.5, 1, 1},
	{"storande_samling", NULL, "GAT", NULL, 0.7, HOURS_EVENING, 0.4, 2, 1.3},
	{"buskorning", NULL, "BUS", NULL, 1.3, HOURS_EVENING, 0.7, 2, 1.3},
	{"storande_ljud", NULL, "NOI", NULL, 0.5, HOURS_NIGHTLIFE, 0.5, 3, 1},
	{"vag_gata", NULL, "INF", NULL, 1.5, HOURS_DAY, -0.2, 1, 1},
};

static const struct event_follow follows[] = {
	{CHANGE_UPDATED, 0.5, 8},
	{CHANGE_TYPE, 0.03, 2},
	{CHANGE_WITHDRAWN, 0.015, 3},
};

static const char *const streets[] = {"Storgatan", "Skolvägen", "Stationsgatan", "Kyrkvägen", "Södra Kungsvägen"};

static size_t key(const struct event *e, const struct world *w, char out[EVENT_KEY_SIZE])
{
	(void)w;
	return (size_t)snprintf(out, EVENT_KEY_SIZE, "FA-%06u", e->number);
}

/* A point, or the place's name, with a street before it or without. */
static void write_place(const struct event *e, const struct world *w, struct rng *r, struct object *o)
{
	const struct world_spot *spot = event_spot(e, w);
	bool street = rng_chance(r, 0.3);
	double lat, lon;
	char text[200];

	if (event_point(e, w, 0.7, &lat, &lon)) {
		object_real(o, "lat", lat, 6);
		object_real(o, "long", lon, 6);
		return;
	}
	snprintf(text, sizeof text, "%s %u, %s", streets[rng_below(r, 5)], 1 + rng_below(r, 60), spot->name);
	object_text(o, "address", street ? text : spot->name);
}

static void write(const struct event *e, const struct world *w, const char *text, struct object *o)
{
	char id[EVENT_KEY_SIZE];
	struct rng r;

	event_details(e, &r);
	key(e, w, id);
	object_text(o, "service_request_id", id);
	object_text(o, "service_code", event_type(e)->name);
	object_text(o, "status", e->version ? "closed" : "open");
	object_time(o, "requested_datetime", e->created_ms, OBJECT_OFFSET);
	object_time(o, "updated_datetime", e->sent_ms, OBJECT_OFFSET);
	write_place(e, w, &r, o);
	if (e->unsafety >= 0)
		object_int(o, "otrygghet", e->unsafety);
	object_text(o, "description", text ? text : rng_chance(&r, 0.5) ? "Det har varit så här ett tag." : NULL);
	object_text(o, "requestor_name", text);
}

static void draw(struct rng *r, const struct world *w, struct event *e)
{
	(void)w;
	e->unsafety = (int8_t)(rng_chance(r, 0.6) ? (int)rng_below(r, 5) : -1);
}

const struct source source_citizen = {
	.name = "citizen",
	.kind = "events",
	.types = types,
	.type_count = sizeof types / sizeof *types,
	.follows = follows,
	.follow_count = sizeof follows / sizeof *follows,
	.lag_hours = 0.1,
	.own_revision = true,
	.draw = draw,
	.key = key,
	.write = write,
};
