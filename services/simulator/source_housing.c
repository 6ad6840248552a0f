/* The housing company's disturbance cases: reported first, verified by a guard or not. */
#include "event.h"

#include <stdio.h>

static const struct event_type types[] = {
	{"hog_musik", NULL, "NOI", "NOI", 4.5, HOURS_HOME, 0.1, 5, 1.1},
	{"fest", NULL, "NOI", "NOI", 1.5, HOURS_NIGHTLIFE, 0.1, 6, 1.1},
	{"brak", NULL, "VIO.ASS", "NOI", 1.1, HOURS_HOME, 0, 2.5, 1},
	{"skrik", NULL, "NOI", "NOI", 1.1, HOURS_HOME, 0, 2, 1},
	{"hund", NULL, "NOI", "NOI", 1, HOURS_DAY, 0, 1, 1},
	{"spring_i_trapphus", NULL, "NOI", "NOI", 0.8, HOURS_EVENING, -0.2, 1, 1.3},
	{"sovande_i_trapphus", NULL, "GAT", "GAT", 0.6, HOURS_EVENING, -0.6, 1, 1},
	{"samling_i_trapphus", NULL, "GAT", "GAT", 1.2, HOURS_EVENING, -0.4, 1, 1.2},
	{"skadegorelse", NULL, "DAM", "DAM", 1.1, HOURS_EVENING, 0, 2.5, 1.3},
	{"narkotika", NULL, "DRG", "DRG", 0.7, HOURS_EVENING, 0, 1, 1},
	{"hot", NULL, "VIO.THR", "VIO.THR", 0.4, HOURS_HOME, 0, 1, 1},
	{"nedskrapning", NULL, "PHY", "PHY", 1.2, HOURS_DAY, 0.2, 1, 1},
	{"inbrott_forrad", NULL, "BUR", "BUR", 0.8, HOURS_DAY, -0.2, 1, 1},
	{"tvattstuga_tjafs", NULL, "UNK", "UNK", 0.2, HOURS_HOME, 0, 1, 1}, /* not in the mapping: an alarm */
};

static const struct event_follow follows[] = {
	{CHANGE_UPDATED, 0.5, 3},     {CHANGE_VERIFIED, 0.2, 0.1}, {CHANGE_UNFOUNDED, 0.05, 1},
	{CHANGE_WITHDRAWN, 0.012, 6}, {CHANGE_PLACE, 0.015, 2},
};

static size_t key(const struct event *e, const struct world *w, char out[EVENT_KEY_SIZE])
{
	(void)w;
	return (size_t)snprintf(out, EVENT_KEY_SIZE, "KB-%05u", e->number);
}

static void write(const struct event *e, const struct world *w, const char *text, struct object *o)
{
	char id[EVENT_KEY_SIZE], flat[16];
	struct rng r;

	event_details(e, &r);
	key(e, w, id);
	object_text(o, "arende_id", id);
	object_time(o, "inkom", e->created_ms, OBJECT_LOCAL);
	object_text(o, "typ", event_type(e)->name);
	object_text(o, "fastighet_omrade", event_spot(e, w)->name);
	if (e->verified || e->version)
		object_bool(o, "verifierad", e->verified);
	object_bool(o, "utryckning", e->verified || rng_chance(&r, 0.3));
	object_bool(o, "upprepad", rng_chance(&r, 0.25));
	object_text(o, "status", e->unfounded ? "obefogat" : e->version ? "avslutat" : "oppet");
	if (e->version)
		object_time(o, "uppdaterad", e->sent_ms, OBJECT_LOCAL);
	/* What the contract forbids and case systems export all the same. */
	if (rng_chance(&r, 0.1)) {
		snprintf(flat, sizeof flat, "%u%02u", 10 + rng_below(&r, 4), rng_below(&r, 20));
		object_text(o, "lagenhet", flat);
	}
	object_text(o, "hyresgast", text);
	object_text(o, "beskrivning", text);
}

static void draw(struct rng *r, const struct world *w, struct event *e)
{
	(void)w;
	e->verified = rng_chance(r, 0.25);
}

const struct source source_housing = {
	.name = "housing",
	.kind = "events",
	.types = types,
	.type_count = sizeof types / sizeof *types,
	.follows = follows,
	.follow_count = sizeof follows / sizeof *follows,
	.lag_hours = 0.2,
	.late_chance = 0.01,
	.late_days = 20,
	.own_revision = true,
	.draw = draw,
	.key = key,
	.write = write,
};
