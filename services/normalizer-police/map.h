/* map: police reports, de-identified, to incidents.
 *
 * The type is the offence's name, or its code (`brottskod`), which the mapping finds by its beginning (rows 03*,
 * schemas/README.md). When it happened is often an interval (away for the weekend): occurred_from..occurred_to. A
 * report that turned out to be none (`status` unfounded) stays, and does not count. Nothing about persons is read;
 * only the area leaves, and the hour. */
#ifndef LAGESBILD_POLICE_MAP_H
#define LAGESBILD_POLICE_MAP_H

#include "normalizer/source.h"

extern const struct source police_source;

#endif
