/* health: the small HTTP listener that every daemon has, for those who watch it: /livez, /readyz, /metrics. It hides
 * libmicrohttpd. One a process, with a thread of its own that only reads; the program sets what it says.
 *
 *   /livez   200 while the program turns its loop (it has asked run_stopping within the time given), else 503: start
 *            it anew.
 *   /readyz  200 when it does its work, else 503 with the reason: wait, or look at what it waits for.
 *   /metrics all that is registered with metric.h, Prometheus's text format 0.0.4.
 *
 * GET and HEAD only (405), another path is 404. At most 16 connections, 8 KiB a request, 5 s of silence on each: it is
 * for a monitor on the same host or network, never for the public. Nothing of a request is quoted or logged. */
#ifndef LAGESBILD_HEALTH_H
#define LAGESBILD_HEALTH_H

#include "base/err.h"
#include <stdint.h>

/* A loop that has not turned for so long hangs: the longest single wait is a statement's time-out of 60 s. */
#define HEALTH_SILENT_MS 180000

struct health_options {
	const char *address; /* numeric, IPv4 or IPv6: LAGESBILD_HTTP_ADDRESS */
	int64_t port;	     /* LAGESBILD_HTTP_PORT; 0: no listener, the other calls only keep what they are told */
	int64_t silent_ms;   /* 0: HEALTH_SILENT_MS */
};

/* Not ready until health_ready says otherwise. ERR_CONFIG: the address is none, or the port is taken or not allowed. */
int health_open(const struct health_options *options, struct err *err) MUST_CHECK;

/* Ends the listener and its connections. Without health_open it does nothing. */
void health_close(void);

/* Why the work cannot be done now: a static sentence in lower case without full stop, as in a log; NULL: it is being
 * done. From any thread; costs next to nothing, so it may be called at every turn. */
void health_ready(const char *trouble);

#endif
