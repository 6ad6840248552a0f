/* server_answer: what a handler asks of a request, and how it answers. */
#include "http/server_private.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#define COMPRESS_FROM 1024

/* ---- the request ---- */

const char *server_method(const struct server_request *r)
{
	return r->method;
}

const char *server_path(const struct server_request *r)
{
	return r->path;
}

static const char *lookup(const struct server_request *r, enum MHD_ValueKind kind, const char *name)
{
	return MHD_lookup_connection_value(r->connection, kind, name);
}

const char *server_query(const struct server_request *r, const char *name)
{
	return lookup(r, MHD_GET_ARGUMENT_KIND, name);
}

const char *server_header(const struct server_request *r, const char *name)
{
	return lookup(r, MHD_HEADER_KIND, name);
}

struct last {
	const char *name, *value;
};

static enum MHD_Result one_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct last *l = arg;

	(void)kind;
	if (strcasecmp(name, l->name) == 0)
		l->value = value;
	return MHD_YES;
}

const char *server_header_last(const struct server_request *r, const char *name)
{
	struct last l = {.name = name};

	MHD_get_connection_values(r->connection, MHD_HEADER_KIND, one_header, &l);
	return l.value;
}

const char *server_cookie(const struct server_request *r, const char *name)
{
	return lookup(r, MHD_COOKIE_KIND, name);
}

const char *server_body(const struct server_request *r, size_t *len)
{
	*len = r->body.len - 1;
	return (const char *)r->body.data;
}

const char *server_peer(const struct server_request *r)
{
	static _Thread_local char text[INET6_ADDRSTRLEN];
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *a = info ? info->client_addr : NULL;

	text[0] = 0;
	if (a && a->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, text, sizeof text);
	else if (a && a->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)a)->sin6_addr, text, sizeof text);
	return text;
}

struct each {
	void (*each)(void *arg, const char *name, const char *value);
	void *arg;
};

static enum MHD_Result one_argument(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	const struct each *e = arg;

	(void)kind;
	e->each(e->arg, name, value ? value : "");
	return MHD_YES;
}

void server_each_query(const struct server_request *r, void (*each)(void *arg, const char *name, const char *value),
		       void *arg)
{
	struct each e = {each, arg};

	MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, one_argument, &e);
}

/* ---- the answer ---- */

void server_set(struct server_request *r, const char *name, const char *value)
{
	char *n, *v;

	if (r->headers == SERVER_HEADERS_MAX)
		return;
	n = strdup(name);
	v = strdup(value);
	if (!n || !v) {
		free(n);
		free(v);
		return;
	}
	r->header[r->headers].name = n;
	r->header[r->headers++].value = v;
}

void server_dress(struct server_request *r)
{
	for (int i = 0; i < r->headers; i++)
		MHD_add_response_header(r->response, r->header[i].name, r->header[i].value);
}

void server_undress(struct server_request *r)
{
	for (int i = 0; i < r->headers; i++) {
		free(r->header[i].name);
		free(r->header[i].value);
	}
	r->headers = 0;
}

bool server_aside(struct server_request *r, int64_t of, uint64_t question)
{
	r->aside = server_has_aside && !server_is_aside && !r->response && !r->stream;
	if (r->aside) {
		r->of = of;
		r->question = question;
	}
	return r->aside;
}

static void take_response(struct server_request *r, unsigned status, const char *type, struct MHD_Response *response)
{
	if (!response)
		return; /* out of memory: the connection is closed */
	r->status = status;
	r->response = response;
	if (type)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	server_dress(r);
}

unsigned server_status(const struct server_request *r)
{
	return r->stream ? MHD_HTTP_OK : r->status;
}

bool server_takes_gzip(const struct server_request *r)
{
	const char *accepted = server_header(r, MHD_HTTP_HEADER_ACCEPT_ENCODING);

	return accepted && strstr(accepted, "gzip") && !strstr(accepted, "gzip;q=0");
}

void *server_gzip(const void *data, size_t len, size_t *gzip_len)
{
	z_stream z = {0};
	uint8_t *out;
	size_t room;

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return NULL;
	room = deflateBound(&z, len);
	out = malloc(room);
	z.next_in = (void *)(uintptr_t)data;
	z.avail_in = (uInt)len;
	z.next_out = out;
	z.avail_out = (uInt)room;
	if (!out || deflate(&z, Z_FINISH) != Z_STREAM_END) {
		free(out);
		out = NULL;
	}
	*gzip_len = z.total_out;
	deflateEnd(&z);
	return out;
}

void server_answer(struct server_request *r, unsigned status, const char *type, const void *data, size_t len,
		   enum server_form form)
{
	void *gzip = NULL;
	size_t gzip_len;

	if (r->response || r->stream)
		return;
	if (form == SERVER_GZIP || (form == SERVER_TEXT && len > COMPRESS_FROM))
		server_set(r, MHD_HTTP_HEADER_VARY, "Accept-Encoding");
	if (form == SERVER_TEXT && len > COMPRESS_FROM && server_takes_gzip(r))
		gzip = server_gzip(data, len, &gzip_len);
	if (gzip || form == SERVER_GZIP)
		server_set(r, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
	take_response(r, status, type,
		      gzip ? MHD_create_response_from_buffer(gzip_len, gzip, MHD_RESPMEM_MUST_FREE)
			   : MHD_create_response_from_buffer(len, (void *)(uintptr_t)data, MHD_RESPMEM_MUST_COPY));
}

void server_answer_fixed(struct server_request *r, const char *type, const void *data, size_t len, const void *gzip,
			 size_t gzip_len)
{
	if (r->response || r->stream)
		return;
	if (gzip)
		server_set(r, MHD_HTTP_HEADER_VARY, "Accept-Encoding");
	if (gzip && server_takes_gzip(r)) {
		server_set(r, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
		data = gzip;
		len = gzip_len;
	}
	take_response(r, MHD_HTTP_OK, type,
		      MHD_create_response_from_buffer(len, (void *)(uintptr_t)data, MHD_RESPMEM_PERSISTENT));
}
