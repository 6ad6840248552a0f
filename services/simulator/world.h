/* world: where things happen: the municipality's own areas and places from the register, its neighbours, the reporting
 * units, and from when each source delivers. Read once; immutable. */
#ifndef SIMULATOR_WORLD_H
#define SIMULATOR_WORLD_H

#include "base/err.h"
#include "pack/csv.h"
#include "pack/pack.h"

enum { WORLD_SPOTS_MAX = 256, WORLD_UNITS_MAX = 32, WORLD_PLANS_MAX = 16 };

/* A spot: the municipality as a whole, one of its areas or places, or a neighbouring municipality. */
struct world_spot {
	const char *code; /* the register's */
	const char *name; /* as the register writes it */
	const char *area; /* what the picture shows: own area's code, else the municipality's */
	const char *municipality;
	double weight;		   /* how much happens here; 0 for neighbours */
	double lat, lon, radius_m; /* radius 0: no point can be drawn that would be counted here */
};

struct world_plan {
	const char *source, *kind;
	int32_t from_month;
};

struct world {
	struct pack *pack;
	struct csv areas, units_file, plans_file, weights_file;
	struct world_spot spots[WORLD_SPOTS_MAX]; /* [0]: the municipality; then its own; then neighbours */
	double weights[WORLD_SPOTS_MAX];
	size_t own_count, spot_count;
	const char *units[WORLD_UNITS_MAX];
	size_t unit_count;
	struct world_plan plans[WORLD_PLANS_MAX];
	size_t plan_count;
	const struct period_zone *zone;
	const char *municipality, *county, *county_name;
};

int world_open(struct world *w, const char *schemas, const char *pack, struct err *err) MUST_CHECK;
void world_close(struct world *w);

/* The month from which the source delivers events (counts for social) by the pack; INT32_MIN when it says nothing,
 * INT32_MAX when the source delivers the other kind. */
int32_t world_from(const struct world *w, const char *source, const char *kind);

#endif
