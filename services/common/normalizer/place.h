/* place: from the names (and the point, if it is one) that a source gives to an area of the
 * register. */
#ifndef LAGESBILD_PLACE_H
#define LAGESBILD_PLACE_H

#include "base/err.h"
#include "incident/incident.h"
#include "geo/project.h"
#include "normalizer/source.h"

/* A point given as n and e becomes lat and lon. ERR_MESSAGE bad-value: an unknown system, out of its range, swapped
 * axes (named). */
int place_project(struct project *project, struct source_event *event, struct err *err) MUST_CHECK;

/* Does the register know the municipality and every name that the event gives. */
bool place_known(const struct pack *pack, const struct source_event *event);

/* The first name of the event that the register does not know (or knows elsewhere than in the event's municipality);
 * NULL text: it knows them all. */
struct incident_text place_unknown(const struct pack *pack, const struct source_event *event);

/* Fills municipality, area, place, latitude, longitude and geo_precision. The first name that the
 * register knows decides: an own area or place of the pack's municipality (unless a later name lies
 * elsewhere: there is a Sörby in many places), a municipality, or a county, which a later name
 * within it may refine. An event that says its municipality is placed within that only, or, when the register does not
 * know it, nowhere. A point then refines what the names left open, never contradicts them.
 * ERR_MESSAGE bad-value for a point that does not lie in or near the county (20 km); swapped axes are named. Texts
 * belong to the pack. */
int place_fill(const struct pack *pack, const struct source_event *event, bool public_source, struct incident *out,
	       struct err *err) MUST_CHECK;

#endif
