#include "geo/geo.h"

#include <assert.h>
#include <geos_c.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GEO_CIRCLE_CORNERS 32
#define GEO_EARTH_M 6371008.8 /* mean radius, IUGG */
#define GEO_RADIAN (3.14159265358979323846 / 180.0)

struct geo_shape {
	int area;
	double size; /* square degrees scaled to the shape's latitude: for comparison only */
	GEOSGeometry *geometry;
	const GEOSPreparedGeometry *prepared;
};

/* A GEOS context must not be used by two threads at once: the index owns one, and belongs to one
 * thread. */
struct geo_index {
	GEOSContextHandle_t geos;
	struct geo_shape *shapes;
	size_t count, cap;
	GEOSSTRtree *tree;
	char message[160]; /* what GEOS last complained of */
};

static void geo_complaint(const char *message, void *userdata)
{
	struct geo_index *index = userdata;

	snprintf(index->message, sizeof(index->message), "%s", message);
}

int geo_open(struct geo_index **out, struct err *err)
{
	struct geo_index *index = calloc(1, sizeof(*index));

	if (!index)
		return err_set(err, ERR_CONFIG, "No memory for the area outlines.");
	index->geos = GEOS_init_r();
	if (!index->geos) {
		free(index);
		return err_set(err, ERR_CONFIG, "The geometry library does not start.");
	}
	GEOSContext_setErrorMessageHandler_r(index->geos, geo_complaint, index);
	*out = index;
	return 0;
}

void geo_close(struct geo_index *index)
{
	if (!index)
		return;
	if (index->tree)
		GEOSSTRtree_destroy_r(index->geos, index->tree);
	for (size_t i = 0; i < index->count; i++) {
		GEOSPreparedGeom_destroy_r(index->geos, index->shapes[i].prepared);
		GEOSGeom_destroy_r(index->geos, index->shapes[i].geometry);
	}
	free(index->shapes);
	GEOS_finish_r(index->geos);
	free(index);
}

static int geo_fail(const struct geo_index *index, int area, const char *what, struct err *err)
{
	return err_set(err, ERR_CONFIG, "The outline of area number %d %s%s%s.", area, what,
		       index->message[0] ? ": " : "", index->message);
}

/* Size at the latitude of the shape's middle, since a square degree shrinks towards the pole. */
static int geo_size(struct geo_index *index, const GEOSGeometry *geometry, double *size)
{
	double flat, low, high;

	if (!GEOSArea_r(index->geos, geometry, &flat) || !GEOSGeom_getYMin_r(index->geos, geometry, &low) ||
	    !GEOSGeom_getYMax_r(index->geos, geometry, &high))
		return -1;
	*size = flat * cos((low + high) / 2 * GEO_RADIAN);
	return 0;
}

static int geo_keep(struct geo_index *index, int area, GEOSGeometry *geometry, struct err *err)
{
	struct geo_shape shape = {.area = area, .geometry = geometry};

	if (index->count == index->cap) {
		size_t cap = index->cap ? index->cap * 2 : 64;
		struct geo_shape *more = realloc(index->shapes, cap * sizeof(*more));

		if (!more)
			return err_set(err, ERR_CONFIG, "No memory for the area outlines.");
		index->shapes = more;
		index->cap = cap;
	}
	if (geo_size(index, geometry, &shape.size) < 0)
		return geo_fail(index, area, "cannot be measured", err);
	shape.prepared = GEOSPrepare_r(index->geos, geometry);
	if (!shape.prepared)
		return geo_fail(index, area, "cannot be prepared", err);
	index->shapes[index->count++] = shape;
	return 0;
}

/* Simplified outlines sometimes cross themselves; a repaired one is better than none. Takes the
 * geometry over. */
static GEOSGeometry *geo_valid(struct geo_index *index, GEOSGeometry *geometry)
{
	GEOSGeometry *repaired;

	if (GEOSisValid_r(index->geos, geometry) == 1)
		return geometry;
	repaired = GEOSMakeValid_r(index->geos, geometry);
	GEOSGeom_destroy_r(index->geos, geometry);
	return repaired;
}

/* GEOS 3.11 reads two numbers of every coordinate, whether they are there or not: an innermost array must have a comma.
 */
static bool geo_coordinates_whole(const char *text)
{
	bool inner = false, quoted = false;
	int commas = 0;

	for (; *text; text++) {
		if (quoted && *text == '\\' && text[1])
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (*text == '[') {
			inner = true;
			commas = 0;
		} else if (*text == ',') {
			commas++;
		} else if (*text == ']') {
			if (inner && !commas)
				return false;
			inner = false;
		}
	}
	return true;
}

static GEOSGeometry *geo_read(struct geo_index *index, const char *geojson, size_t len)
{
	char *text = strndup(geojson, len);
	GEOSGeoJSONReader *reader = text ? GEOSGeoJSONReader_create_r(index->geos) : NULL;
	GEOSGeometry *geometry = NULL;

	if (reader) {
		if (geo_coordinates_whole(text))
			geometry = GEOSGeoJSONReader_readGeometry_r(index->geos, reader, text);
		GEOSGeoJSONReader_destroy_r(index->geos, reader);
	}
	free(text);
	return geometry;
}

int geo_add(struct geo_index *index, int area, const char *geojson, size_t len, struct err *err)
{
	GEOSGeometry *geometry;
	int type;

	assert(!index->tree && area >= 0);
	index->message[0] = '\0';
	geometry = geo_read(index, geojson, len);
	if (!geometry)
		return geo_fail(index, area, "is no GeoJSON geometry", err);
	type = GEOSGeomTypeId_r(index->geos, geometry);
	if ((type != GEOS_POLYGON && type != GEOS_MULTIPOLYGON) || GEOSisEmpty_r(index->geos, geometry) != 0) {
		GEOSGeom_destroy_r(index->geos, geometry);
		return geo_fail(index, area, "is no polygon or multipolygon", err);
	}
	geometry = geo_valid(index, geometry);
	if (!geometry)
		return geo_fail(index, area, "cannot be repaired", err);
	if (geo_keep(index, area, geometry, err) < 0) {
		GEOSGeom_destroy_r(index->geos, geometry);
		return -1;
	}
	return 0;
}

/* The point at a distance and bearing on the sphere (Snyder, Map Projections: A Working Manual,
 * 1987, eq. 5-5, 5-6). */
static void geo_towards(double lat, double lon, double angle, double bearing, double *to_lat, double *to_lon)
{
	double phi = lat * GEO_RADIAN;
	double up = asin(sin(phi) * cos(angle) + cos(phi) * sin(angle) * cos(bearing));
	double aside = atan2(sin(angle) * sin(bearing), cos(phi) * cos(angle) - sin(phi) * sin(angle) * cos(bearing));

	*to_lat = up / GEO_RADIAN;
	*to_lon = lon + aside / GEO_RADIAN;
}

static GEOSGeometry *geo_circle(struct geo_index *index, double lat, double lon, double radius_m)
{
	double ring[GEO_CIRCLE_CORNERS + 1][2];
	GEOSCoordSequence *sequence;
	GEOSGeometry *line;

	for (int i = 0; i < GEO_CIRCLE_CORNERS; i++)
		geo_towards(lat, lon, radius_m / GEO_EARTH_M, i * (360.0 / GEO_CIRCLE_CORNERS) * GEO_RADIAN,
			    &ring[i][1], &ring[i][0]);
	memcpy(ring[GEO_CIRCLE_CORNERS], ring[0], sizeof(ring[0]));
	sequence = GEOSCoordSeq_copyFromBuffer_r(index->geos, &ring[0][0], GEO_CIRCLE_CORNERS + 1, 0, 0);
	if (!sequence)
		return NULL;
	line = GEOSGeom_createLinearRing_r(index->geos, sequence);
	return line ? GEOSGeom_createPolygon_r(index->geos, line, NULL, 0) : NULL;
}

int geo_add_circle(struct geo_index *index, int area, double lat, double lon, double radius_m, struct err *err)
{
	GEOSGeometry *geometry;

	assert(!index->tree && area >= 0);
	index->message[0] = '\0';
	/* Written so that NAN is refused too. */
	if (!(fabs(lat) < 85 && fabs(lon) < 179 && radius_m > 0 && radius_m < 500000))
		return geo_fail(index, area, "has a centre or radius out of range", err);
	geometry = geo_circle(index, lat, lon, radius_m);
	if (!geometry)
		return geo_fail(index, area, "cannot be drawn as a circle", err);
	if (geo_keep(index, area, geometry, err) < 0) {
		GEOSGeom_destroy_r(index->geos, geometry);
		return -1;
	}
	return 0;
}

int geo_build(struct geo_index *index, struct err *err)
{
	assert(!index->tree);
	index->tree = GEOSSTRtree_create_r(index->geos, 10);
	if (!index->tree)
		return err_set(err, ERR_CONFIG, "No memory for the area outlines.");
	for (size_t i = 0; i < index->count; i++)
		GEOSSTRtree_insert_r(index->geos, index->tree, index->shapes[i].geometry, &index->shapes[i]);
	geo_find(index, 0, 0); /* the tree packs itself at its first query: let that be now */
	return 0;
}

struct geo_query {
	const struct geo_index *index;
	const GEOSGeometry *point;
	const struct geo_shape *best;
};

static void geo_candidate(void *item, void *userdata)
{
	const struct geo_shape *shape = item;
	struct geo_query *query = userdata;

	if (query->best && query->best->size <= shape->size)
		return;
	if (GEOSPreparedCovers_r(query->index->geos, shape->prepared, query->point) == 1)
		query->best = shape;
}

int geo_find(const struct geo_index *index, double lat, double lon)
{
	struct geo_query query = {.index = index};
	GEOSGeometry *point;

	assert(index->tree);
	if (!isfinite(lat) || !isfinite(lon) || index->count == 0)
		return -1;
	point = GEOSGeom_createPointFromXY_r(index->geos, lon, lat);
	if (!point)
		return -1;
	query.point = point;
	GEOSSTRtree_query_r(index->geos, index->tree, point, geo_candidate, &query);
	GEOSGeom_destroy_r(index->geos, point);
	return query.best ? query.best->area : -1;
}

int geo_inside(struct geo_index *index, double *lat, double *lon, struct err *err)
{
	const struct geo_shape *last = &index->shapes[index->count - 1];
	GEOSGeometry *point;
	int ok;

	assert(index->count);
	point = GEOSPointOnSurface_r(index->geos, last->geometry);
	ok = point && GEOSGeomGetX_r(index->geos, point, lon) == 1 && GEOSGeomGetY_r(index->geos, point, lat) == 1;
	GEOSGeom_destroy_r(index->geos, point);
	return ok ? 0 : geo_fail(index, last->area, "has no point inside", err);
}
