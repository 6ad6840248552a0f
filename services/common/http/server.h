/* server: an HTTP/1.1 server for people and programs, hidden: libmicrohttpd. One thread turns all connections; each
 * request is handed whole to one of a few worker threads, which may wait for a database, and its answer goes back.
 *
 *   browser -> connection (suspended) -> queue -> worker: handle() -> answer -> connection
 *                                                   | server_aside
 *                                                   +-> queue -> one of the workers kept for what takes long: handle()
 *
 * Of what takes long nobody has more than SERVER_ASIDE_IN_HAND in hand, so that others' is done meanwhile, nor more
 * than queue_max / SERVER_ASIDE_SHARE different ones in hand and waiting (429 with Retry-After). With several such
 * workers, the first takes nothing but what is SERVER_URGENT.
 *
 * Limits: header 64 KiB, body body_max (413), connections connections_max, requests that wait queue_max (503 with
 * Retry-After), 30 s of silence on a connection. Everything of a request is bytes from outside: server_valid says
 * whether its path and arguments are UTF-8 without control characters; handle is only called when they are (else 400).
 * A stream (server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html) stays open without a
 * thread; a slow reader gets the newest event, not all. Answers over 1 KiB are compressed for those who ask for it.
 * One a process. */
#ifndef LAGESBILD_SERVER_H
#define LAGESBILD_SERVER_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct server_request;

struct server_options {
	const char *address; /* numeric, IPv4 or IPv6 */
	int64_t port;	     /* 0: a free one, server_port says which */
	int workers;	     /* threads, 1 to 64 */
	int workers_aside;   /* threads besides them for what steps aside, 0 to 64 */
	unsigned connections_max, queue_max;
	size_t body_max;
	/* Called on a worker's thread: its own state (a database session), made at its start. Never NULL. */
	void *(*worker_begin)(void *ctx);
	void (*worker_end)(void *worker);
	/* Answers a request by exactly one server_answer* or server_stream; without any of them it is a 500. */
	void (*handle)(struct server_request *r, void *worker);
	void *ctx;
};

/* ERR_CONFIG when the address is none or the port is taken. */
int server_open(const struct server_options *options, struct err *err) MUST_CHECK;

/* Requests in hand are answered, streams end. */
void server_close(void);
int server_port(void);

/* ---- the request; texts live as long as it does ---- */

const char *server_method(const struct server_request *r); /* "GET" (also of a HEAD), "POST" ... */
const char *server_path(const struct server_request *r);   /* decoded */
const char *server_query(const struct server_request *r,
			 const char *name); /* first of that name, decoded; NULL: none */
const char *server_header(const struct server_request *r, const char *name); /* first of that name */
const char *server_header_last(const struct server_request *r, const char *name);
const char *server_cookie(const struct server_request *r, const char *name);
const char *server_body(const struct server_request *r, size_t *len); /* terminated */
const char *server_peer(const struct server_request *r);	      /* numeric address of the other end */

/* Calls each(arg, name, value) for all arguments of the query, in the order of the request. */
void server_each_query(const struct server_request *r, void (*each)(void *arg, const char *name, const char *value),
		       void *arg);

/* ---- the answer ---- */

#define SERVER_ASIDE_IN_HAND 2
#define SERVER_ASIDE_SHARE 4
#define SERVER_URGENT (-1)

/* What takes long steps aside, so that what is answered at once never waits behind it. true: the request will be
 * handled again, from its beginning, by one of workers_aside, and this handle() returns without an answer; headers set
 * so far are forgotten. false: this is one of them (or there is none): answer.
 * of: whose it is; SERVER_URGENT: nobody's, and never behind others'. question: which it is, so that the same from many
 * pages counts once; 0: it does not count. */
bool server_aside(struct server_request *r, int64_t of, uint64_t question) MUST_CHECK;

/* A header of the answer to come; call before it. Both are copied. */
void server_set(struct server_request *r, const char *name, const char *value);

enum server_form {
	SERVER_PLAIN,
	SERVER_TEXT, /* compressed for who asks for it, when it is long */
	SERVER_GZIP, /* compressed already (server_gzip): only for who takes it (server_takes_gzip) */
};

/* type may be NULL when there is no content. data is copied. */
void server_answer(struct server_request *r, unsigned status, const char *type, const void *data, size_t len,
		   enum server_form form);

/* Of the answer that was given; 0: none yet, or it has stepped aside. A stream's is 200. */
unsigned server_status(const struct server_request *r);

bool server_takes_gzip(const struct server_request *r);

/* The same with data that stays valid and unchanged for ever (a file read at the start); gzip may be NULL. */
void server_answer_fixed(struct server_request *r, const char *type, const void *data, size_t len, const void *gzip,
			 size_t gzip_len);

#define SERVER_READER_SIZE 65

/* An open text/event-stream: first what server_send sent last, then each that comes. reader: whose it is. false: that
 * one has max of them already; answer. */
bool server_stream(struct server_request *r, const char *reader, int max) MUST_CHECK;

/* The readers of the open streams, each once, at most max; how many. Then all of one's end. */
int server_readers(char (*readers)[SERVER_READER_SIZE], int max);
void server_stream_end(const char *reader);

/* To all streams: one event with its data, a line each. From any thread. A comment keeps quiet ones alive. */
void server_send(const char *event, const char *data);

/* How many streams are open, how many requests wait for a worker, and how many were refused since the start because too
 * many waited. */
int server_streams(void);
int server_waiting(void);
int64_t server_refused(void);

/* gzip of text (RFC 1952), malloc'd; NULL when out of memory. */
void *server_gzip(const void *data, size_t len, size_t *gzip_len);

#endif
