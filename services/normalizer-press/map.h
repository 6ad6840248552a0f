/* map: the police's public event notices (polisen.se/api/events, the object as it is) to incidents.
 *
 * `datetime` is when the notice was published, with an hour of one or two digits. When and where it
 * happened stands only in `name`: "26 maj 17.40, Skadegörelse, Kumla" (a colon in the time before
 * November 2023), without a year; types hold commas, so what matters lies before the first ", " and
 * behind the last. location.name is the municipality or, since 2026, only the county; location.gps
 * is the middle of that, never the place, and not read. summary and url are not read either: text
 * does not leave. */
#ifndef LAGESBILD_PRESS_MAP_H
#define LAGESBILD_PRESS_MAP_H

#include "normalizer/source.h"

extern const struct source press_source;

#endif
