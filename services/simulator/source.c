#include "event.h"

#include <assert.h>
#include <math.h>
#include <string.h>

extern const struct source source_press, source_police, source_rescue, source_social, source_housing, source_citizen,
	source_staff;

const struct source *const sources[SOURCES] = {
	[SOURCE_PRESS] = &source_press,	  [SOURCE_POLICE] = &source_police,   [SOURCE_RESCUE] = &source_rescue,
	[SOURCE_SOCIAL] = &source_social, [SOURCE_HOUSING] = &source_housing, [SOURCE_CITIZEN] = &source_citizen,
	[SOURCE_STAFF] = &source_staff,
};

int source_find(const char *name, size_t len)
{
	for (int i = 0; i < SOURCES; i++)
		if (strlen(sources[i]->name) == len && !memcmp(sources[i]->name, name, len))
			return i;
	return -1;
}

unsigned source_type(int source, const char *name, const char *extra)
{
	const struct source *s = sources[source];

	for (unsigned i = 0; i < s->type_count; i++)
		if (!strcmp(s->types[i].name, name) &&
		    (!extra || (s->types[i].extra && !strcmp(s->types[i].extra, extra))))
			return i;
	assert(!"a type that the source lacks");
	return 0;
}

const struct event_type *event_type(const struct event *e)
{
	return &sources[e->source]->types[e->type];
}

const struct world_spot *event_spot(const struct event *e, const struct world *w)
{
	return &w->spots[e->spot];
}

const char *event_type_text(const struct event *e, const char *text)
{
	return e->strange == STRANGE_TYPE ? text : event_type(e)->name;
}

const char *event_place_text(const struct event *e, const struct world *w, const char *text)
{
	return e->strange == STRANGE_PLACE ? text : event_spot(e, w)->name;
}

void event_details(const struct event *e, struct rng *r)
{
	rng_init(r, e->salt, e->source);
}

bool event_point(const struct event *e, const struct world *w, double chance, double *lat, double *lon)
{
	const struct world_spot *spot = event_spot(e, w);
	double angle, far;
	struct rng r;

	rng_init(&r, e->salt, 1000 + e->spot);
	if (spot->radius_m <= 0 || e->strange == STRANGE_PLACE || !rng_chance(&r, chance))
		return false;
	/* Well inside: the outline is a polygon within the circle. */
	angle = 2 * M_PI * rng_unit(&r);
	far = 0.7 * spot->radius_m * sqrt(rng_unit(&r));
	*lat = spot->lat + far * cos(angle) / 111320;
	*lon = spot->lon + far * sin(angle) / (111320 * cos(spot->lat * M_PI / 180));
	return true;
}
