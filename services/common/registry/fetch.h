/* fetch: one HTTP request to another organisation's server, by libcurl, which this folder hides. Redirects are not
 * followed, certificates are checked, an answer has an end in size and time. From any thread. */
#ifndef LAGESBILD_FETCH_H
#define LAGESBILD_FETCH_H

#include "base/buf.h"
#include "base/err.h"

struct fetch_request {
	const char *url;	     /* http or https */
	const char *form;	     /* of a POST, application/x-www-form-urlencoded; NULL: a GET */
	const char *user, *password; /* for the server, Basic (RFC 7617); NULL: none */
	long total_ms;
};

/* The answer's body into `answer` (terminated; its limit is the limit) and its status. ERR_RETRY: no whole answer. */
int fetch_run(const struct fetch_request *request, struct buf *answer, long *status, struct err *err) MUST_CHECK;

/* Percent-encoding (RFC 3986, 2.1) of all but unreserved characters. */
void fetch_escape(struct buf *out, const char *text);

#endif
