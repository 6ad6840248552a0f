/* geo: which area a WGS 84 point lies in (GEOS, prepared geometries behind an R-tree). Hides the library. Immutable
 * once built. */
#ifndef LAGESBILD_GEO_H
#define LAGESBILD_GEO_H

#include "base/err.h"
#include <stddef.h>

struct geo_index;

int geo_open(struct geo_index **index, struct err *err) MUST_CHECK;
void geo_close(struct geo_index *index);

/* Add a polygon or multipolygon given as GeoJSON geometry text under the caller's number. Call geo_build after the
 * last. */
int geo_add(struct geo_index *index, int area, const char *geojson, size_t len, struct err *err) MUST_CHECK;
/* The same for a circle of radius_m metres round a point (a 32-gon on the sphere). */
int geo_add_circle(struct geo_index *index, int area, double lat, double lon, double radius_m,
		   struct err *err) MUST_CHECK;
/* A point (WGS 84) that surely lies in the shape added last, such as a name on a map stands at. */
int geo_inside(struct geo_index *index, double *lat, double *lon, struct err *err) MUST_CHECK;
int geo_build(struct geo_index *index, struct err *err) MUST_CHECK;

/* The smallest (by area) of the shapes that cover the point: its number, or -1. */
int geo_find(const struct geo_index *index, double lat, double lon);

#endif
