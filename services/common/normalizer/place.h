/* place: from the names (and the point, if it is one) that a source gives to an area of the
 * register. */
#ifndef LAGESBILD_PLACE_H
#define LAGESBILD_PLACE_H

#include "base/err.h"
#include "incident/incident.h"
#include "normalizer/source.h"

/* Fills municipality, area, place, latitude, longitude and geo_precision. The first name that the
 * register knows decides: an own area or place of the pack's municipality (unless a later name lies
 * elsewhere: there is a Sörby in many places), a municipality, or a county, which a later name
 * within it may refine. A point then refines what the names left open, never contradicts them.
 * ERR_MESSAGE bad-value for a point that cannot be one in Sweden; swapped axes are named. Texts
 * belong to the pack. */
int place_fill(const struct pack *pack, const struct source_event *event, bool public_source, struct incident *out,
	       struct err *err) MUST_CHECK;

#endif
