#include "http/health.h"

#include "base/metric.h"
#include "base/run.h"
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 16
#define CONNECTION_BYTES 8192
#define CONNECTION_SILENT_S 5
#define TEXT "text/plain; charset=utf-8"
#define EXPOSITION "text/plain; version=0.0.4; charset=utf-8"

static struct MHD_Daemon *daemon_;
static int64_t silent_ms;
static const char *_Atomic trouble_now = "starting";
static struct metric ready = {
	.name = "lagesbild_ready", .help = "1 while /readyz says 200, else 0.", .kind = METRIC_GAUGE};

void health_ready(const char *trouble)
{
	atomic_store(&trouble_now, trouble);
	metric_set(&ready, NULL, trouble == NULL);
}

/* ---- answers ---- */

static enum MHD_Result answer(struct MHD_Connection *c, unsigned status, const char *type, const void *data, size_t len)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(len, (void *)(uintptr_t)data, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result answer_text(struct MHD_Connection *c, unsigned status, const char *text)
{
	char line[200];
	int len = snprintf(line, sizeof line, "%s\n", text);

	return answer(c, status, TEXT, line, (size_t)len);
}

static enum MHD_Result answer_live(struct MHD_Connection *c)
{
	int64_t still_ms = run_monotonic_ms() - run_turned_ms();
	char text[160];

	if (still_ms < silent_ms)
		return answer_text(c, MHD_HTTP_OK, "ok");
	snprintf(text, sizeof text, "the program's loop has not turned for %lld s", (long long)still_ms / 1000);
	return answer_text(c, MHD_HTTP_SERVICE_UNAVAILABLE, text);
}

static enum MHD_Result answer_ready(struct MHD_Connection *c)
{
	const char *trouble = atomic_load(&trouble_now);

	return trouble ? answer_text(c, MHD_HTTP_SERVICE_UNAVAILABLE, trouble) : answer_text(c, MHD_HTTP_OK, "ok");
}

static enum MHD_Result answer_metrics(struct MHD_Connection *c)
{
	enum MHD_Result result;
	struct buf out;

	buf_init(&out, METRIC_TEXT_MAX);
	metric_write(&out);
	result = out.overflow ? answer_text(c, MHD_HTTP_INTERNAL_SERVER_ERROR, "the metrics do not fit")
			      : answer(c, MHD_HTTP_OK, EXPOSITION, out.data, out.len);
	buf_release(&out);
	return result;
}

/* Answered at the head of the request: a body is never read, and the library closes a connection that sends one. */
static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *path, const char *method,
				  const char *version, const char *body, size_t *body_len, void **request)
{
	static const struct {
		const char *path;
		enum MHD_Result (*answer)(struct MHD_Connection *c);
	} routes[] = {{"/livez", answer_live}, {"/readyz", answer_ready}, {"/metrics", answer_metrics}};

	(void)ctx, (void)version, (void)body, (void)body_len, (void)request;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return answer_text(c, MHD_HTTP_METHOD_NOT_ALLOWED, "GET and HEAD only");
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
		if (strcmp(path, routes[i].path) == 0)
			return routes[i].answer(c);
	return answer_text(c, MHD_HTTP_NOT_FOUND, "there are /livez, /readyz and /metrics");
}

/* ---- open and close ---- */

/* The library would say no more than that it failed; bound here, the reason is known. */
static int listen_on(const struct health_options *o, struct err *err)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *to;
	char port[16];
	int fd, yes = 1;

	snprintf(port, sizeof port, "%lld", (long long)o->port);
	if (getaddrinfo(o->address, port, &hints, &to))
		return err_set(err, ERR_CONFIG, "LAGESBILD_HTTP_ADDRESS is no numeric address");
	fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ||
	    bind(fd, to->ai_addr, to->ai_addrlen) || listen(fd, CONNECTIONS_MAX)) {
		err_set(err, ERR_CONFIG,
			"cannot listen on port %s of %s for /livez, /readyz and /metrics: %s; set LAGESBILD_HTTP_PORT "
			"to a free one, or to 0 for none",
			port, o->address, strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(to);
	return fd;
}

static void no_log(void *ctx, const char *format, va_list args)
{
	(void)ctx, (void)format, (void)args;
}

int health_open(const struct health_options *o, struct err *err)
{
	sigset_t all, before;
	int fd;

	metric_register(&ready);
	silent_ms = o->silent_ms ? o->silent_ms : HEALTH_SILENT_MS;
	if (o->port == 0)
		return 0;
	fd = listen_on(o, err);
	if (fd < 0)
		return -1;
	run_stopping(); /* the first turn */
	/* Signals are the main thread's: they must wake it, not this one. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	daemon_ = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, NULL, NULL,
				   on_request, NULL, MHD_OPTION_EXTERNAL_LOGGER, no_log, NULL, MHD_OPTION_LISTEN_SOCKET,
				   fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
				   MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
				   MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_SILENT_S, MHD_OPTION_END);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (daemon_)
		return 0;
	close(fd);
	return err_set(err, ERR_CONFIG, "the listener of /livez, /readyz and /metrics does not start");
}

void health_close(void)
{
	if (daemon_)
		MHD_stop_daemon(daemon_);
	daemon_ = NULL;
}
