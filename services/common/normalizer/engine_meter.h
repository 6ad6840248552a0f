/* engine_meter: what a normalizer shows of itself on /metrics. Brought up to date once a second by the engine's loop,
 * never for a message. All from the engine's thread. */
#ifndef LAGESBILD_ENGINE_METER_H
#define LAGESBILD_ENGINE_METER_H

#include "normalizer/convert.h"
#include "normalizer/lane.h"

/* A membership begins: registers, counts it; the converter's counters begin at 0 again. */
void engine_meter_session(void);

/* The converter's counters since the membership began. */
void engine_meter_counts(const struct convert_counts *now);

/* Where a lane stands, and how many messages wait unread behind it (-1: not known). */
void engine_meter_lane(const struct lane *lane, int64_t lag);

/* A partition that is no longer ours is no longer shown: another instance shows it. */
void engine_meter_gone(int32_t partition);

/* Records handed over and not acknowledged. */
void engine_meter_queue(int64_t waiting);

#endif
