#include "normalizer/place.h"

#include <math.h>
#include <string.h>

#define PLACE_NAMES (sizeof(((struct source_event *)0)->places) / sizeof(struct incident_text))

static struct incident_text place_text(const char *text)
{
	return (struct incident_text){text, strlen(text)};
}

/* The area a name means when nothing else is known; own areas count only in the pack's own
 * municipality. */
static const struct pack_area *place_find(const struct pack *pack, const struct incident_text *name,
					  const struct pack_area *within)
{
	const struct pack_area *area;

	if (!name->text || name->len == 0)
		return NULL;
	area = pack_area_find(pack, name->text, name->len, within);
	if (!area && name->text[0] >= '0' && name->text[0] <= '9')
		area = pack_area_by_code(pack, name->text, name->len);
	if (!area || area->kind == PACK_COUNTRY)
		return NULL;
	if (area->kind >= PACK_AREA && strcmp(area->municipality, pack_municipality(pack)))
		return NULL;
	return area;
}

static const struct pack_area *place_municipality(const struct pack *pack)
{
	const char *code = pack_municipality(pack);

	return pack_area_by_code(pack, code, strlen(code));
}

/* Does some later name say that the event was elsewhere than in this own area? */
static bool place_elsewhere(const struct pack *pack, const struct source_event *event, size_t after,
			    const struct pack_area *own)
{
	for (size_t i = after; i < PLACE_NAMES; i++) {
		const struct pack_area *other = place_find(pack, &event->places[i], NULL);

		if (other && other->kind <= PACK_MUNICIPALITY && !pack_area_within(own, other))
			return true;
	}
	return false;
}

/* A town and its county may bear one name. */
static const struct pack_area *place_stated(const struct pack *pack, const struct incident_text *name)
{
	const struct pack_area *area = place_find(pack, name, NULL);

	if (area && area->kind == PACK_COUNTY)
		area = place_find(pack, name, area);
	return area && area->kind == PACK_MUNICIPALITY ? area : NULL;
}

/* The first name that means something within the municipality. */
static const struct pack_area *place_within(const struct pack *pack, const struct source_event *event,
					    const struct pack_area *town)
{
	for (size_t i = 0; town && i < PLACE_NAMES; i++) {
		const struct pack_area *area = place_find(pack, &event->places[i], town);

		if (area && area != town && pack_area_within(area, town))
			return area;
	}
	return town;
}

struct incident_text place_unknown(const struct pack *pack, const struct source_event *event)
{
	const struct pack_area *town = place_stated(pack, &event->municipality);

	if (event->municipality.len && !town)
		return event->municipality;
	for (size_t i = 0; i < PLACE_NAMES; i++) {
		const struct pack_area *area = place_find(pack, &event->places[i], town);

		if (event->places[i].len && (!area || (town && !pack_area_within(area, town))))
			return event->places[i];
	}
	return (struct incident_text){0};
}

bool place_known(const struct pack *pack, const struct source_event *event)
{
	return place_unknown(pack, event).text == NULL;
}

static const struct pack_area *place_by_names(const struct pack *pack, const struct source_event *event)
{
	const struct pack_area *best = NULL;

	if (event->municipality.len)
		return place_within(pack, event, place_stated(pack, &event->municipality));

	for (size_t i = 0; i < PLACE_NAMES; i++) {
		const struct pack_area *area = place_find(pack, &event->places[i], best);

		if (!area)
			continue;
		if (area->kind >= PACK_AREA && place_elsewhere(pack, event, i + 1, area))
			continue;
		if (!best || (area != best && pack_area_within(area, best)))
			best = area;
		if (best->kind != PACK_COUNTY)
			break;
	}
	return best;
}

static bool place_in_sweden(double lat, double lon)
{
	return lat >= 54.9 && lat <= 69.5 && lon >= 10.3 && lon <= 24.6;
}

static bool place_in_county(const struct pack *pack, double lat, double lon)
{
	const struct pack_area *own = place_municipality(pack), *at = pack_area_at(pack, lat, lon);

	return at && at->county && !strcmp(at->county, own->county);
}

/* In it, or 20 km (at this latitude) off in one of eight directions: outlines are simplified, and work does not end at
 * a border. */
static bool place_near(const struct pack *pack, double lat, double lon)
{
	static const double off[9][2] = {{0, 0},       {0.18, 0},     {-0.18, 0},    {0, 0.35},	    {0, -0.35},
					 {0.13, 0.25}, {0.13, -0.25}, {-0.13, 0.25}, {-0.13, -0.25}};

	for (int i = 0; i < 9; i++)
		if (place_in_county(pack, lat + off[i][0], lon + off[i][1]))
			return true;
	return false;
}

static int place_check_point(const struct pack *pack, double lat, double lon, struct err *err)
{
	if (place_near(pack, lat, lon))
		return 0;
	if (place_in_sweden(lon, lat))
		return err_message(err, REASON_BAD_VALUE, "The point's latitude and longitude are swapped.");
	return err_message(err, REASON_BAD_VALUE, "The point does not lie in or near the county.");
}

int place_project(struct project *project, struct source_event *event, struct err *err)
{
	double lat, lon, other_lat, other_lon;

	if (!isfinite(event->north) || !isfinite(event->east))
		return 0;
	if (!project_knows(event->epsg))
		return err_message(err, REASON_BAD_VALUE, "The field epsg is none of 3006 and 3007 to 3018.");
	if (project_to_wgs84(project, event->epsg, event->north, event->east, &lat, &lon) &&
	    place_in_sweden(lat, lon)) {
		event->lat = lat;
		event->lon = lon;
		return 0;
	}
	if (project_to_wgs84(project, event->epsg, event->east, event->north, &other_lat, &other_lon) &&
	    place_in_sweden(other_lat, other_lon))
		return err_message(err, REASON_BAD_VALUE, "The point's n and e are swapped.");
	return err_message(err, REASON_BAD_VALUE, "The point's n and e do not lie in Sweden.");
}

/* What the point adds to what the names said: something within it, or anything when they said
 * nothing. */
static const struct pack_area *place_refine(const struct pack *pack, const struct pack_area *named, double lat,
					    double lon)
{
	const struct pack_area *at;

	if (named && named->kind >= PACK_AREA)
		return named;
	at = pack_area_at(pack, lat, lon);
	if (!at || at->kind == PACK_COUNTRY)
		return named;
	if (at->kind >= PACK_AREA && !pack_area_within(at, place_municipality(pack)))
		return named;
	return !named || pack_area_within(at, named) ? at : named;
}

static void place_own(const struct pack_area *area, struct incident *out)
{
	if (area->kind == PACK_PLACE) {
		out->place = place_text(area->name);
		while (area->kind == PACK_PLACE)
			area = area->parent;
	}
	if (area->kind == PACK_AREA)
		out->area = place_text(area->code);
	out->geo_precision = GEO_AREA;
}

static void place_put(const struct pack_area *area, struct incident *out)
{
	if (!area) {
		out->municipality = place_text("00");
		out->geo_precision = GEO_NONE;
		return;
	}
	out->municipality = place_text(area->municipality ? area->municipality : area->code);
	if (area->kind == PACK_COUNTY)
		out->geo_precision = GEO_COUNTY;
	else if (area->kind == PACK_MUNICIPALITY)
		out->geo_precision = GEO_MUNICIPALITY;
	else
		place_own(area, out);
}

int place_fill(const struct pack *pack, const struct source_event *event, bool public_source, struct incident *out,
	       struct err *err)
{
	const struct pack_area *area = place_by_names(pack, event);
	bool point = isfinite(event->lat) && isfinite(event->lon);

	if (point && place_check_point(pack, event->lat, event->lon, err) < 0)
		return -1;
	if (point)
		area = place_refine(pack, area, event->lat, event->lon);
	place_put(area, out);
	if (point && public_source) {
		out->latitude = event->lat;
		out->longitude = event->lon;
		out->geo_precision = GEO_POINT;
	}
	return 0;
}
