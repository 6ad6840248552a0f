/* map: the housing company's disturbance cases to incidents.
 *
 * What was reported and what somebody went there and found are two types: "brak|rapporterad", "brak|verifierad". A case
 * that was groundless (`status` obefogat) stays, and does not count. The place is an area or a property by its name in
 * the register; flat, tenant, contact and text are dropped and counted. */
#ifndef LAGESBILD_HOUSING_MAP_H
#define LAGESBILD_HOUSING_MAP_H

#include "normalizer/source.h"

extern const struct source housing_source;

#endif
