/* map: citizens' observations, service requests of Open311 GeoReport v2, to incidents.
 *
 * Where it was is a point, or an address: an area, place or town by its name in the register, or a street with that
 * name behind the last comma; else the municipality. Only the area leaves, and the hour; description, name, e-mail,
 * telephone and pictures are dropped and counted. `status` is the request's, not the truth of it. */
#ifndef LAGESBILD_CITIZEN_MAP_H
#define LAGESBILD_CITIZEN_MAP_H

#include "normalizer/source.h"

extern const struct source citizen_source;

#endif
