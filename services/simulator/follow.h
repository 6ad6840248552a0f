/* follow: what becomes of an event after it has been published: corrections, withdrawals, the same message once more.
 */
#ifndef SIMULATOR_FOLLOW_H
#define SIMULATOR_FOLLOW_H

#include "generate.h"

/* The next version of e, or false: this was the last one. */
bool follow_next(const struct generate *g, const struct event *e, struct event *next);

/* The same message once more, some time later; false: not this one. */
bool follow_echo(const struct event *e, struct event *echo);

#endif
