/* project: from SWEREF 99 northings and eastings to WGS 84, by PROJ. Hides the library. One projector, one thread;
 * reads no file: the projections are given by their parameters (EPSG 3006, 3007-3018; Lantmateriet, SWEREF 99).
 * SWEREF 99 and WGS 84 are taken as one, which they are within a metre. */
#ifndef LAGESBILD_PROJECT_H
#define LAGESBILD_PROJECT_H

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct project;

int project_open(struct project **project, struct err *err) MUST_CHECK;
void project_close(struct project *project);

/* Is this one of the thirteen. */
bool project_knows(int64_t epsg);

/* Northing and easting in metres to degrees. False, and nothing written, when the system is unknown or the point is
 * beyond what it can be asked for. */
bool project_to_wgs84(struct project *project, int64_t epsg, double north, double east, double *lat, double *lon);

#endif
