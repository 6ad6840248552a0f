#include "http/server.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "http/server_private.h"
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_BYTES 65536 /* an argument takes 60 of them besides its text */
#define SILENT_S 30

static struct {
	struct server_options o;
	struct MHD_Daemon *daemon;
	int port;
	pthread_t threads[2 * SERVER_WORKERS_MAX];
	pthread_mutex_t lock;
	struct lane {
		pthread_cond_t more;
		struct server_request *first, *last; /* those that wait for a worker */
		unsigned waiting;
		bool stopping;
	} lanes[2]; /* of what comes, and of what has stepped aside: each is full for itself */
	struct server_request *in_hand[SERVER_WORKERS_MAX]; /* of what has stepped aside */
	int64_t refused;
} s = {.lock = PTHREAD_MUTEX_INITIALIZER,
       .lanes = {{.more = PTHREAD_COND_INITIALIZER}, {.more = PTHREAD_COND_INITIALIZER}}};

_Thread_local bool server_is_aside;
bool server_has_aside;

/* ---- a request's life: begun, its body read, waiting, in hand, answered ---- */

static struct server_request *begin(struct MHD_Connection *c, const char *path, const char *method)
{
	struct server_request *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->connection = c;
	r->head = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
	r->method = r->head ? MHD_HTTP_METHOD_GET : method;
	r->path = path;
	buf_init(&r->body, s.o.body_max + 1);
	return r;
}

static void finished(void *ctx, struct MHD_Connection *c, void **request, enum MHD_RequestTerminationCode code)
{
	struct server_request *r = *request;

	(void)ctx, (void)c, (void)code;
	if (!r)
		return;
	*request = NULL;
	server_stream_forget(r);
	if (r->response)
		MHD_destroy_response(r->response);
	server_undress(r);
	buf_release(&r->body);
	free(r);
}

/* With the lock. */
static void append(struct lane *lane, struct server_request *r)
{
	r->next = NULL;
	if (lane->last)
		lane->last->next = r;
	else
		lane->first = r;
	lane->last = r;
	lane->waiting++;
	if (lane == &s.lanes[0])
		pthread_cond_signal(&lane->more);
	else
		pthread_cond_broadcast(&lane->more); /* not every worker may take it */
}

/* Waits for a worker; the connection sleeps meanwhile. false: too many wait already. */
static bool queue(struct server_request *r)
{
	bool room;

	pthread_mutex_lock(&s.lock);
	room = s.lanes[0].waiting < s.o.queue_max && !s.lanes[0].stopping;
	if (room) {
		MHD_suspend_connection(r->connection);
		append(&s.lanes[0], r);
	} else {
		s.refused++;
	}
	pthread_mutex_unlock(&s.lock);
	return room;
}

int server_waiting(void)
{
	int waiting;

	pthread_mutex_lock(&s.lock);
	waiting = (int)(s.lanes[0].waiting + s.lanes[1].waiting);
	pthread_mutex_unlock(&s.lock);
	return waiting;
}

int64_t server_refused(void)
{
	int64_t refused;

	pthread_mutex_lock(&s.lock);
	refused = s.refused;
	pthread_mutex_unlock(&s.lock);
	return refused;
}

/* May this worker take it? aside: its number among those kept for what takes long, -1 for another. With the lock. */
static bool may_take(const struct server_request *r, int aside)
{
	int in_hand = 0;

	if (aside < 0)
		return true;
	if (aside == 0 && s.o.workers_aside > 1 && r->of != SERVER_URGENT)
		return false;
	for (int i = 0; i < s.o.workers_aside; i++)
		in_hand += s.in_hand[i] && s.in_hand[i]->of == r->of;
	return in_hand < SERVER_ASIDE_IN_HAND;
}

/* The first that it may take; NULL: none. With the lock. */
static struct server_request *take_first(struct lane *lane, int aside)
{
	struct server_request *before = NULL, *r = lane->first;

	while (r && !may_take(r, aside)) {
		before = r;
		r = r->next;
	}
	if (!r)
		return NULL;
	if (before)
		before->next = r->next;
	else
		lane->first = r->next;
	if (lane->last == r)
		lane->last = before;
	lane->waiting--;
	if (aside >= 0)
		s.in_hand[aside] = r;
	return r;
}

static struct server_request *take(struct lane *lane, int aside)
{
	struct server_request *r;

	pthread_mutex_lock(&s.lock);
	while (!(r = take_first(lane, aside)) && !lane->stopping)
		pthread_cond_wait(&lane->more, &s.lock);
	pthread_mutex_unlock(&s.lock);
	return r;
}

/* Before it is answered, and so may be gone: what waits behind it may be taken now. */
static void let_go(struct lane *lane, int aside)
{
	if (aside < 0)
		return;
	pthread_mutex_lock(&s.lock);
	s.in_hand[aside] = NULL;
	if (lane->first)
		pthread_cond_broadcast(&lane->more);
	pthread_mutex_unlock(&s.lock);
}

static void refuse(struct server_request *r, unsigned status, const char *title, const char *detail)
{
	char body[400];
	int n;

	if (status == MHD_HTTP_SERVICE_UNAVAILABLE || status == MHD_HTTP_TOO_MANY_REQUESTS)
		server_set(r, MHD_HTTP_HEADER_RETRY_AFTER, "1");
	n = snprintf(body, sizeof body, "{\"type\":\"about:blank\",\"status\":%u,\"title\":\"%s\",\"detail\":\"%s\"}",
		     status, title, detail);
	server_answer(r, status, "application/problem+json", body, (size_t)n, SERVER_PLAIN);
}

static void refuse_many(struct server_request *r)
{
	refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, "För många frågar just nu",
	       "too many requests wait; try again in a second");
}

static void look_at(const struct server_request *other, const struct server_request *r, bool *same, int *others)
{
	if (!other || other->of != r->of)
		return;
	*same = *same || other->question == r->question;
	*others += other->counted;
}

/* Has who asks too many other questions there already? With the lock. */
static bool too_many(struct server_request *r)
{
	bool same = !r->question;
	int others = 0;

	for (int i = 0; i < s.o.workers_aside; i++)
		look_at(s.in_hand[i], r, &same, &others);
	for (const struct server_request *w = s.lanes[1].first; w; w = w->next)
		look_at(w, r, &same, &others);
	r->counted = !same;
	return !same && others >= (int)s.o.queue_max / SERVER_ASIDE_SHARE;
}

/* false: too many wait there already, and it has been told so. */
static bool step_aside(struct server_request *r)
{
	bool room, many;

	server_undress(r);
	r->aside = false;
	pthread_mutex_lock(&s.lock);
	many = too_many(r);
	room = s.lanes[1].waiting < s.o.queue_max;
	if (room && !many)
		append(&s.lanes[1], r);
	else
		s.refused += !room;
	pthread_mutex_unlock(&s.lock);
	if (!room)
		refuse_many(r);
	else if (many)
		refuse(r, MHD_HTTP_TOO_MANY_REQUESTS, "För många frågor på en gång",
		       "too many questions of this account wait; try again in a second");
	return room && !many;
}

static void *work(void *arg)
{
	int aside = (int)(intptr_t)arg - s.o.workers;
	struct lane *lane = &s.lanes[aside >= 0];
	void *worker = s.o.worker_begin(s.o.ctx);
	struct server_request *r;

	server_is_aside = aside >= 0;
	while ((r = take(lane, aside))) {
		s.o.handle(r, worker);
		let_go(lane, aside);
		if (r->aside && step_aside(r))
			continue;
		if (!r->response && !r->stream)
			server_answer(r, MHD_HTTP_INTERNAL_SERVER_ERROR, NULL, NULL, 0, SERVER_PLAIN);
		MHD_resume_connection(r->connection);
	}
	s.o.worker_end(worker);
	return NULL;
}

/* ---- libmicrohttpd's side ---- */

static enum MHD_Result queue_answer(struct server_request *r)
{
	if (r->stream && !r->response)
		server_stream_open(r);
	if (!r->response)
		return MHD_NO;
	return MHD_queue_response(r->connection, r->status, r->response);
}

static enum MHD_Result refused(struct server_request *r, unsigned status, const char *title, const char *detail)
{
	refuse(r, status, title, detail);
	return queue_answer(r);
}

static bool clean(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	return utf8_valid(text, strlen(text));
}

static enum MHD_Result check_argument(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	bool *ok = arg;

	(void)kind;
	*ok = *ok && clean(name) && (!value || clean(value));
	return *ok ? MHD_YES : MHD_NO;
}

static bool valid(struct server_request *r)
{
	bool ok = clean(r->path);

	MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, check_argument, &ok);
	return ok;
}

struct framing {
	int lengths, codings;
	bool strange;
};

static enum MHD_Result look_at_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct framing *f = arg;

	(void)kind;
	f->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
	if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
		f->codings++;
		f->strange = f->strange || !value || strcasecmp(value, "chunked") != 0;
	}
	return MHD_YES;
}

/* Where does its body end? A proxy in front may think otherwise of one that says it twice, and take what comes behind
 * it for another person's request (RFC 9112, 6.3). */
static bool ambiguous(struct MHD_Connection *c)
{
	struct framing f = {0};

	MHD_get_connection_values(c, MHD_HEADER_KIND, look_at_header, &f);
	return f.strange || f.lengths + f.codings > 1;
}

/* A NUL in a path or argument would end it unseen: it becomes another control character, which valid refuses. */
static size_t unescape(void *ctx, struct MHD_Connection *c, char *text)
{
	size_t len = MHD_http_unescape(text);

	(void)ctx, (void)c;
	for (size_t i = 0; i < len; i++)
		if (!text[i])
			text[i] = 1;
	return len;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *path, const char *method,
				  const char *version, const char *body, size_t *body_len, void **request)
{
	struct server_request *r = *request;

	(void)ctx, (void)version;
	if (!r) {
		*request = r = begin(c, path, method);
		if (r && ambiguous(c)) /* answered before its body is read: the connection is closed */
			return refused(r, MHD_HTTP_BAD_REQUEST, "Begäran är tvetydig", "its body has one length");
		return r ? MHD_YES : MHD_NO;
	}
	if (*body_len) {
		if (r->body.len + *body_len > s.o.body_max)
			r->too_large = true;
		else
			buf_append(&r->body, body, *body_len);
		*body_len = 0;
		return MHD_YES;
	}
	if (r->response || r->stream)
		return queue_answer(r);
	buf_byte(&r->body, 0);
	if (r->too_large || r->body.overflow)
		return refused(r, MHD_HTTP_CONTENT_TOO_LARGE, "Det som skickades är för stort",
			       "the body is too large");
	if (!valid(r))
		return refused(r, MHD_HTTP_BAD_REQUEST, "Adressen är fel",
			      "path and arguments are UTF-8 without control characters");
	if (queue(r))
		return MHD_YES;
	refuse_many(r);
	return queue_answer(r);
}

/* ---- open and close ---- */

static int listen_on(const struct server_options *o, struct err *err)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *to;
	struct sockaddr_storage mine;
	socklen_t size = sizeof mine;
	char port[16];
	int fd, yes = 1;

	snprintf(port, sizeof port, "%lld", (long long)o->port);
	if (getaddrinfo(o->address, port, &hints, &to))
		return err_set(err, ERR_CONFIG, "%.80s is no numeric address to listen on", o->address);
	fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ||
	    bind(fd, to->ai_addr, to->ai_addrlen) || listen(fd, 511) ||
	    getsockname(fd, (struct sockaddr *)&mine, &size)) {
		err_set(err, ERR_CONFIG, "cannot listen on port %s of %s: %s", port, o->address, strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	} else {
		s.port = ntohs(mine.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&mine)->sin6_port
							  : ((struct sockaddr_in *)&mine)->sin_port);
	}
	freeaddrinfo(to);
	return fd;
}

static void no_log(void *ctx, const char *format, va_list args)
{
	(void)ctx, (void)format, (void)args;
}

static void start_workers(void)
{
	for (int i = 0; i < s.o.workers + s.o.workers_aside; i++) {
		int rc = pthread_create(&s.threads[i], NULL, work, (void *)(intptr_t)i);

		assert(rc == 0);
	}
}

int server_open(const struct server_options *o, struct err *err)
{
	sigset_t all, before;
	int fd;

	assert(o->workers >= 1 && o->workers <= SERVER_WORKERS_MAX);
	assert(o->workers_aside >= 0 && o->workers_aside <= SERVER_WORKERS_MAX);
	s.o = *o;
	server_has_aside = o->workers_aside > 0;
	s.lanes[0].stopping = s.lanes[1].stopping = false;
	fd = listen_on(o, err);
	if (fd < 0)
		return -1;
	/* Signals are the main thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	s.daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
		NULL, on_request, NULL, MHD_OPTION_EXTERNAL_LOGGER, no_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, o->connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)HEADER_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENT_S, MHD_OPTION_NOTIFY_COMPLETED,
		finished, NULL, MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_END);
	if (s.daemon) {
		start_workers();
		server_stream_start();
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (s.daemon)
		return 0;
	close(fd);
	return err_set(err, ERR_CONFIG, "the HTTP server does not start");
}

/* Nobody steps aside any more once the first lane's workers have ended. */
static void stop_lane(struct lane *lane, const pthread_t *threads, int count)
{
	pthread_mutex_lock(&s.lock);
	lane->stopping = true;
	pthread_cond_broadcast(&lane->more);
	pthread_mutex_unlock(&s.lock);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

void server_close(void)
{
	if (!s.daemon)
		return;
	stop_lane(&s.lanes[0], s.threads, s.o.workers);
	stop_lane(&s.lanes[1], s.threads + s.o.workers, s.o.workers_aside);
	server_stream_stop();
	MHD_stop_daemon(s.daemon);
	s.daemon = NULL;
}

int server_port(void)
{
	return s.port;
}
