/* map: the rescue service's responses to incidents: one record a response, as the case system reports it.
 *
 * Only the first response to an alarm counts: reinforcements and the officer's own record (`insatstyp`) tell of the
 * same incident, and are kept as activity. The type is `handelsetyp_id` (the national list, 1-15; 14, an automatic
 * alarm without fire, is a category of its own), with "|misstankt" where the fire is suspected to be set and the
 * mapping tells them apart. Reports come up to two months later and are corrected: `uppdaterad` is the revision. Only
 * the area leaves, and the hour. */
#ifndef LAGESBILD_RESCUE_MAP_H
#define LAGESBILD_RESCUE_MAP_H

#include "normalizer/source.h"

extern const struct source rescue_source;

#endif
