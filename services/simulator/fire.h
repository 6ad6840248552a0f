/* fire: fires that somebody lit, seen by several: the rescue service always, police, press and staff now and then. Each
 * source counts its own; nobody may add them up. */
#ifndef SIMULATOR_FIRE_H
#define SIMULATOR_FIRE_H

#include "generate.h"

void fire_draw(struct generate *g, int32_t month);

#endif
