/* parent: the aggregator without --build: one child process of this same program (--build NAME) for each build that is
 * fed, told by NOTIFY lagesbild_builds and by looking every few seconds. What to do stands in children.h.
 *
 * The children live in process groups of their own, so that a terminal's Ctrl-C asks them once, and are killed by the
 * kernel when the parent dies. A database that is away leaves them as they are: they wait for it by themselves. Until
 * it has answered once there is no child, and nothing serves the port. */
#ifndef LAGESBILD_PARENT_H
#define LAGESBILD_PARENT_H

#include <stdint.h>

/* Until asked to stop (0; 1: a child had to be killed), or until the current build's child ended with 2 or 4, or the
 * database refuses us (2). Logs by itself. port: LAGESBILD_HTTP_PORT; one child serves it. */
int parent_run(int64_t port);

#endif
