/* children: which child processes there should be, and what is to be done next about those that are: the decisions of
 * parent.c, pure of processes, clocks and databases. One child a fed build.
 *
 * A build that is no longer fed: its child is asked to end, and killed after CHILDREN_GRACE_MS. A child that ends by
 * itself is started anew with back-off; after a configuration error or data loss (2, 4) only every CHILDREN_SLOW_MS,
 * since a person must help. One child serves the port: that of the current build when the first are started; once its
 * build is gone, that of the build which is current then is started anew with it. */
#ifndef LAGESBILD_CHILDREN_H
#define LAGESBILD_CHILDREN_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CHILDREN_MAX 32
#define CHILDREN_NAME_SIZE 64
#define CHILDREN_GRACE_MS 45000	 /* a batch in hand may take that long; below the units' own time-outs */
#define CHILDREN_SLOW_MS 60000	 /* between tries that a person must help */
#define CHILDREN_STEADY_MS 60000 /* a child that has lived so long begins its back-off anew */

struct child {
	char build[CHILDREN_NAME_SIZE];
	pid_t pid;	/* 0: none runs */
	bool wanted;	/* its build is fed */
	bool current;	/* its build is the one that is shown */
	bool port;	/* it serves the port, or will when it is started */
	bool asked;	/* it has been asked to end */
	int verdict;	/* 2 or 4: what it ended with, and will again; 0: none */
	int64_t due_ms; /* runs and was asked: when to kill it; does not run: when to start it */
	int64_t since_ms;
	unsigned failures;
};

struct children {
	bool serve; /* there is a port to serve; set by the caller before all else */
	size_t count;
	struct child list[CHILDREN_MAX];
};

struct children_build {
	char name[CHILDREN_NAME_SIZE];
	bool current;
};

/* These builds are fed, and no others; count 0: all are to end. */
void children_want(struct children *c, const struct children_build *builds, size_t count);

/* The next thing to do with *who, which is valid until the next call of any function here. After CHILDREN_START the
 * caller says children_started; asking and killing are noted as done. */
enum children_act { CHILDREN_REST, CHILDREN_START, CHILDREN_ASK, CHILDREN_KILL };
enum children_act children_next(struct children *c, int64_t now_ms, struct child **who);

/* The child runs; pid -1: it could not be started. */
void children_started(struct child *who, pid_t pid, int64_t now_ms);

/* The child with this pid ended with an exit status (a signal: 128 + its number). NULL: none of ours. */
const struct child *children_ended(struct children *c, pid_t pid, int status, int64_t now_ms);

/* With what the parent is to end (2, 4) because the current build's child, or the only one, did; 0: go on. */
int children_verdict(const struct children *c);

#endif
