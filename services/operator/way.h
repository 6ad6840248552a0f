/* way: the way back through the builds that have been current.
 *
 * The way is the builds in the order in which they became current. Moving to one that stands on it, by rollback or by
 * promote, is going back to it: what came after it leaves the way. So a second rollback goes further back, never forth
 * and back; what was left is reached by promoting it by name. */
#ifndef LAGESBILD_WAY_H
#define LAGESBILD_WAY_H

#include <stddef.h>
#include <stdint.h>

/* moves: the builds' numbers in the order of the moves, the first current build first; overwritten. Returns the number
 * of the build that a rollback leads to, or -1 when there is none. */
int64_t way_back(int64_t *moves, size_t count);

#endif
