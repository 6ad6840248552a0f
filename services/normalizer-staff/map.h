/* map: what the municipality's own trained reporters saw, to incidents.
 *
 * `handelse` is the type; "inget" says that the unit has nothing to report this week: information, which does not count
 * but tells a quiet month from a silent source. The reporter is a unit of the pack's list, never a person. A date
 * without a time leaves the report out of weekday and hour. */
#ifndef LAGESBILD_STAFF_MAP_H
#define LAGESBILD_STAFF_MAP_H

#include "normalizer/source.h"

extern const struct source staff_source;

#endif
