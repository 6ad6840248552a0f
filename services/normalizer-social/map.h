/* map: social services' reports of concern: monthly counts by ground and kind of reporter, and nothing else.
 *
 * There is no map: the engine's counts row is all that the source may send. Another field, at any depth, or a word that
 * is in no list is refused as personal-data, and the dead letter keeps where the message lay and why: neither its key
 * nor its bytes. Small counts are withheld before anything is written. */
#ifndef LAGESBILD_SOCIAL_MAP_H
#define LAGESBILD_SOCIAL_MAP_H

#include "normalizer/source.h"

extern const struct source social_source;

#endif
