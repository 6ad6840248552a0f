/* dashboards PORT RATE WARM SECONDS STREAMS SPREAD_MS <PLAN: the load of the bench api; one thread, waiting for nobody.
 *
 * RATE questions a second are asked, for WARM seconds unmeasured and then for SECONDS, each at its time whether or not
 * those before have been answered: a delay counts from when the question was due, so that a stall is seen by all whom
 * it holds up. STREAMS pages are open: each listens for events, and at a new version of the figures asks again for what
 * it shows, on a connection of its own, within SPREAD_MS (as src/app.ts spreads them). PLAN has a line each of
 *   cookie TEXT         a session; connections take them in turn
 *   mix WEIGHT PATH     what is asked for at RATE; it names what it got last (If-None-Match), as a browser does
 *   page PATH           what an open page asks again
 * Prints "mix MS PATH" and "page MS PATH" for each answer, "heard N" for each page (versions it was told of), "late MS"
 * for the longest that this program itself was behind, and "bad N STATUS PATH" for what was neither 200 nor 304. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 500 /* that ask at the rate */
#define STREAMS_MAX 1000
#define PLAN_MAX 512
#define PATH_SIZE 512
#define TAG_SIZE 96
#define ROOM 65536
#define TAIL_NS 30000000000 /* for the last answers */

struct question {
	char path[PATH_SIZE], tag[TAG_SIZE];
};

enum kind { MIX, PAGE, STREAM };

struct connection {
	enum kind kind;
	int fd, status;
	const char *cookie;
	bool asked;
	int64_t due, again; /* again: when this page is to ask next; 0: it has the newest */
	struct question *question;
	size_t len, body; /* of what has been read; of the body still to come */
	char data[4096];
	char version[64];
	long heard;
	struct connection *page; /* of a stream */
};

static struct {
	struct question mix[PLAN_MAX], page[PLAN_MAX];
	int order[PLAN_MAX * 100], orders, mixes, pages; /* order: the mix by weight */
	char cookie[PLAN_MAX][64];
	int cookies;
} plan;
static struct connection pool[CONNECTIONS], streams[STREAMS_MAX], readers[STREAMS_MAX];
static struct connection *idle[CONNECTIONS]; /* a ring: in turn, so that none is silent until the server closes it */
static int idles, first_idle, epoll, port, stream_count;
static int64_t spread_ns;
static long bad;
static int64_t warm_ns; /* from when on it is measured */
static int64_t late_ns; /* the longest from a due time that this program itself has let pass */

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "dashboards: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void read_plan(void)
{
	char line[600], *rest;
	long weight;

	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (strncmp(line, "mix ", 4) == 0 && plan.mixes < PLAN_MAX) {
			weight = strtol(line + 4, &rest, 10);
			for (long i = 0; i < weight && plan.orders < PLAN_MAX * 100; i++)
				plan.order[plan.orders++] = plan.mixes;
			snprintf(plan.mix[plan.mixes++].path, PATH_SIZE, "%.511s", rest + 1);
		} else if (strncmp(line, "page ", 5) == 0 && plan.pages < PLAN_MAX) {
			snprintf(plan.page[plan.pages++].path, PATH_SIZE, "%.511s", line + 5);
		} else if (strncmp(line, "cookie ", 7) == 0 && plan.cookies < PLAN_MAX) {
			snprintf(plan.cookie[plan.cookies++], sizeof *plan.cookie, "%.63s", line + 7);
		}
	}
	if (!plan.orders || !plan.cookies)
		die("the plan has no mix or no cookie");
	srand(1);
	for (int i = plan.orders - 1; i > 0; i--) {
		int j = rand() % (i + 1), kept = plan.order[i];

		plan.order[i] = plan.order[j];
		plan.order[j] = kept;
	}
}

static void dial(struct connection *c)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
	int yes = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) ||
	    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) || fcntl(c->fd, F_SETFL, O_NONBLOCK) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e))
		die("connection");
}

static void open_connection(struct connection *c, enum kind kind, int number)
{
	*c = (struct connection){.kind = kind, .cookie = plan.cookie[number % plan.cookies]};
	dial(c);
}

static void put_idle(struct connection *c)
{
	idle[(first_idle + idles++) % CONNECTIONS] = c;
}

static struct connection *take_idle(void)
{
	struct connection *c = idle[first_idle];

	first_idle = (first_idle + 1) % CONNECTIONS;
	idles--;
	return c;
}

static void ask(struct connection *c, struct question *q, int64_t due)
{
	char text[1024];
	int n = snprintf(text, sizeof text,
			 "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nCookie: "
			 "__Host-lagesbild=%s\r\n%s%s%s\r\n",
			 q->path, c->cookie, *q->tag ? "If-None-Match: " : "", q->tag, *q->tag ? "\r\n" : "");

	assert(n > 0 && n < (int)sizeof text);
	c->question = q;
	c->due = due;
	c->asked = true;
	c->len = c->body = 0;
	if (send(c->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
		die("question");
}

/* ---- answers ---- */

static void answered(struct connection *c)
{
	const char *name = c->kind == MIX ? "mix" : "page";

	if (c->due >= warm_ns)
		printf("%s %.3f %s\n", name, (double)(now_ns() - c->due) / 1e6, c->question->path);
	if (c->status != 200 && c->status != 304) {
		printf("bad %ld %d %s\n", ++bad, c->status, c->question->path);
		*c->question->tag = 0;
	}
	c->asked = false;
	if (c->kind == MIX)
		put_idle(c);
	else if (c->question + 1 < plan.page + plan.pages)
		ask(c, c->question + 1, now_ns());
}

static void take_header(const char *head, const char *name, char *out, size_t size)
{
	const char *at = strcasestr(head, name);
	size_t len = at ? strcspn(at += strlen(name), "\r\n") : 0;

	*out = 0;
	if (len && len < size) {
		memcpy(out, at, len);
		out[len] = 0;
	}
}

/* What came of an answer: its head until it is whole, then its body is counted. */
static void take_answer(struct connection *c, const char *data, size_t len)
{
	char length[32], *end;
	size_t part;

	if (!c->body) {
		part = len < sizeof c->data - 1 - c->len ? len : sizeof c->data - 1 - c->len;
		memcpy(c->data + c->len, data, part);
		c->len += part;
		c->data[c->len] = 0;
		end = strstr(c->data, "\r\n\r\n");
		if (!end)
			return;
		c->status = (int)strtol(c->data + 9, NULL, 10);
		take_header(c->data, "\r\nContent-Length: ", length, sizeof length);
		if (c->status == 200)
			take_header(c->data, "\r\nETag: ", c->question->tag, TAG_SIZE);
		c->body = (c->status == 304 ? 0 : strtoul(length, NULL, 10)) + (size_t)(end + 4 - c->data) + 1;
		len += c->len - part;
	}
	c->body -= len < c->body ? len : c->body - 1;
	if (c->body > 1)
		return;
	c->body = 0;
	answered(c);
}

/* Lines of a stream; the chunks' own sizes among them are none of ours. */
static void take_event(struct connection *c, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] != '\n') {
			if (c->len < sizeof c->data - 1)
				c->data[c->len++] = data[i];
			continue;
		}
		c->data[c->len] = 0;
		c->len = 0;
		if (strncmp(c->data, "data: ", 6) != 0 || strncmp(c->data + 6, c->version, sizeof c->version - 1) == 0)
			continue;
		snprintf(c->version, sizeof c->version, "%.62s", c->data + 6);
		c->heard++;
		if (plan.pages && c->heard > 1) /* the first is what the page was opened with */
			c->page->again = now_ns() + (spread_ns ? rand() % spread_ns : 0);
	}
}

static void take(struct connection *c)
{
	static char room[ROOM];
	ssize_t n;

	while ((n = recv(c->fd, room, sizeof room, 0)) > 0) {
		if (c->kind == STREAM)
			take_event(c, room, (size_t)n);
		else if (c->asked)
			take_answer(c, room, (size_t)n);
		if (n < (ssize_t)sizeof room)
			return;
	}
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (c->kind == STREAM || c->asked)
		die(c->kind == STREAM ? "a stream ended" : "a connection ended before its answer");
	close(c->fd); /* a page that had nothing to ask for 30 s */
	dial(c);
}

/* ---- the load ---- */

static void open_all(void)
{
	char text[300];
	int n;

	for (int i = 0; i < CONNECTIONS; i++) {
		open_connection(&pool[i], MIX, i);
		put_idle(&pool[i]);
	}
	for (int i = 0; i < stream_count; i++) {
		open_connection(&streams[i], STREAM, i);
		open_connection(&readers[i], PAGE, i);
		streams[i].page = &readers[i];
		n = snprintf(text, sizeof text,
			     "GET /api/v1/changes HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-lagesbild=%s\r\n\r\n",
			     streams[i].cookie);
		if (send(streams[i].fd, text, (size_t)n, MSG_NOSIGNAL) != n)
			die("stream");
	}
}

static void wait_for(int64_t ns)
{
	struct epoll_event events[256];
	struct timespec t = {ns / 1000000000, ns % 1000000000};
	int n = epoll_pwait2(epoll, events, 256, &t, NULL);

	if (n < 0 && errno != EINTR)
		die("epoll");
	for (int i = 0; i < n; i++)
		take(events[i].data.ptr);
}

/* Pages whose time has come ask; when the next one's comes. */
static int64_t ask_pages(int64_t now)
{
	int64_t next = now + 1000000;

	for (int i = 0; i < stream_count; i++) {
		struct connection *p = &readers[i];

		if (!p->again || p->asked)
			continue;
		if (p->again <= now) {
			ask(p, plan.page, p->again);
			p->again = 0;
		} else if (p->again < next) {
			next = p->again;
		}
	}
	return next;
}

static void run(long rate, long warm, long seconds)
{
	int64_t began = now_ns() + 1000000000, over = began + (warm + seconds) * 1000000000, now;
	long count = rate * (warm + seconds), next = 0;

	warm_ns = began + warm * 1000000000;
	for (now = now_ns(); now < over || ((idles < CONNECTIONS || next < count) && now < over + TAIL_NS);
	     now = now_ns()) {
		int64_t wake = ask_pages(now), due = began;

		for (; next < count && idles; next++) {
			due = began + next * 1000000000 / rate;
			if (due > now)
				break;
			if (due >= warm_ns && now - due > late_ns && idles > 1)
				late_ns = now - due;
			ask(take_idle(), &plan.mix[plan.order[next % plan.orders]], due);
		}
		if (next < count && idles && due < wake)
			wake = due;
		now = now_ns();
		wait_for(wake > now ? wake - now : 0);
	}
	for (int i = 0; i < CONNECTIONS; i++)
		if (pool[i].asked)
			printf("bad %ld 0 %s (unanswered)\n", ++bad, pool[i].question->path);
	if (next < count)
		printf("bad %ld 0 (%ld never asked)\n", ++bad, count - next);
}

int main(int argc, char **argv)
{
	long n[7] = {0};

	for (int i = 1; i < 7 && i < argc; i++)
		n[i] = strtol(argv[i], NULL, 10);
	if (argc != 7 || n[5] > STREAMS_MAX)
		return 2;
	port = (int)n[1];
	stream_count = (int)n[5];
	spread_ns = n[6] * 1000000;
	read_plan();
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		die("epoll");
	open_all();
	run(n[2], n[3], n[4]);
	for (int i = 0; i < stream_count; i++)
		printf("heard %ld\n", streams[i].heard);
	printf("late %.3f\n", (double)late_ns / 1e6);
	return 0;
}
