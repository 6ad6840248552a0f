/* server_private: what the parts of server share. */
#ifndef LAGESBILD_SERVER_PRIVATE_H
#define LAGESBILD_SERVER_PRIVATE_H

#include "base/buf.h"
#include "http/server.h"
#include <microhttpd.h>

#define SERVER_WORKERS_MAX 64
#define SERVER_HEADERS_MAX 24

struct server_request {
	struct MHD_Connection *connection;
	const char *method, *path;
	bool head, too_large, stream, aside;
	int64_t of;	   /* whose it is that steps aside */
	uint64_t question; /* and which */
	bool counted;	   /* the first of its question */
	struct buf body;
	struct {
		char *name, *value;
	} header[SERVER_HEADERS_MAX];
	int headers;
	unsigned status;
	struct MHD_Response *response;
	struct server_request *next; /* in the queue */
	/* a stream's own */
	struct server_request *next_stream;
	uint64_t seen; /* number of the event it has been given last */
	bool asleep, listed, ended;
	char reader[SERVER_READER_SIZE];
	size_t sent; /* of the event in hand */
};

/* Headers set so far go to the response that has been made; or are forgotten. */
void server_dress(struct server_request *r);
void server_undress(struct server_request *r);

extern _Thread_local bool server_is_aside; /* this thread is one of those kept for what takes long */
extern bool server_has_aside;

/* Streams (server_stream.c). All but server_stream_open from any thread. */
void server_stream_start(void);
void server_stream_stop(void);
void server_stream_open(struct server_request *r); /* makes the response; on the connections' thread */
void server_stream_forget(struct server_request *r);

#endif
