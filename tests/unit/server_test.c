#include "http/server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
/* cmocka wants setjmp, stdarg and stddef first */
#include <cmocka.h>

#define ANSWER_MAX 65536
#define WAIT_MS 10000
#define QUEUE_MAX 30

static char answer[ANSWER_MAX];
static atomic_int stepped; /* aside, or told that there is no room */
static atomic_bool gate;   /* closed: what is asked for with it waits in hand */

static void *begin(void *ctx)
{
	return ctx;
}

static void end(void *worker)
{
	(void)worker;
}

static void count(void *arg, const char *name, const char *value)
{
	(void)name, (void)value;
	++*(int *)arg;
}

static void handle(struct server_request *r, void *worker)
{
	const char *path = server_path(r), *body, *word = server_query(r, "word"), *of = server_query(r, "of");
	char text[4096];
	size_t len;
	int arguments = 0;

	(void)worker;
	body = server_body(r, &len);
	server_each_query(r, count, &arguments);
	if (strcmp(path, "/long") == 0) {
		server_set(r, "X-Lane", "first");
		if (server_aside(r, of ? strtoll(of, NULL, 10) : 0, of && word ? strtoull(word, NULL, 10) : 0)) {
			stepped++;
			return;
		}
		server_set(r, "X-Lane", "aside");
		while (of && word && gate)
			usleep(1000);
		if (word && !of)
			usleep(300000);
		server_answer(r, 200, "text/plain", "long", 4, SERVER_PLAIN);
	} else if (strcmp(path, "/stream") == 0) {
		if (!server_stream(r, word ? word : "", 2))
			server_answer(r, 429, NULL, NULL, 0, SERVER_PLAIN);
	} else if (strcmp(path, "/large") == 0) {
		memset(text, 'x', sizeof text);
		server_answer(r, 200, "text/plain", text, sizeof text, SERVER_TEXT);
	} else if (strcmp(path, "/nothing") != 0) {
		snprintf(text, sizeof text, "%s %s %s %zu %s %d", server_method(r), path, word ? word : "-", len, body,
			 arguments);
		server_set(r, "X-Seen", server_peer(r));
		server_answer(r, 200, "text/plain", text, strlen(text), SERVER_PLAIN);
	}
}

static int setup_with(int aside)
{
	struct server_options o = {.address = "127.0.0.1",
				   .workers = 2,
				   .workers_aside = aside,
				   .connections_max = 40,
				   .queue_max = aside > 1 ? QUEUE_MAX : 8,
				   .body_max = 1000,
				   .worker_begin = begin,
				   .worker_end = end,
				   .handle = handle};
	struct err err = {0};

	return server_open(&o, &err);
}

static int setup(void **state)
{
	(void)state;
	return setup_with(1);
}

static int setup_wide(void **state)
{
	(void)state;
	return setup_with(4);
}

static int teardown(void **state)
{
	(void)state;
	server_close();
	return 0;
}

static int dial(const char *request)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)server_port())};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(write(fd, request, strlen(request)), (ssize_t)strlen(request));
	return fd;
}

/* Reads until the text has come, or the other end closes. */
static void read_until(int fd, const char *text)
{
	size_t len = 0;

	answer[0] = 0;
	while (!text || !strstr(answer, text)) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n;

		assert_true(poll(&p, 1, WAIT_MS) > 0);
		n = read(fd, answer + len, sizeof answer - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
		answer[len] = 0;
	}
	if (text)
		assert_non_null(strstr(answer, text));
}

static void ask(const char *request)
{
	int fd = dial(request);

	read_until(fd, NULL);
	close(fd);
}

static void test_request(void **state)
{
	(void)state;
	ask("GET /a%20b/%C3%A5?word=%C3%B6l&x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(answer, "200 OK"));
	assert_non_null(strstr(answer, "GET /a b/å öl 0  2"));
	assert_non_null(strstr(answer, "X-Seen: 127.0.0.1"));
	ask("POST /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");
	assert_non_null(strstr(answer, "POST /p - 5 hello 0"));
	ask("HEAD /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(answer, "200 OK"));
	assert_null(strstr(answer, "GET /p"));
}

/* What takes long keeps nothing waiting that is answered at once, however much of it there is; none of it is lost. */
static void test_aside(void **state)
{
	static const char request[] = "GET /long?word=x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	const char *first;
	int late[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		late[i] = dial(request);
	ask("GET /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(answer, "200 OK"));
	assert_true(poll(&(struct pollfd){.fd = late[2], .events = POLLIN}, 1, 0) == 0);
	for (int i = 0; i < 3; i++) {
		read_until(late[i], NULL);
		close(late[i]);
		assert_non_null(strstr(answer, "X-Lane: aside"));
		first = strstr(answer, "X-Lane: first"); /* set twice, the one before it stepped aside forgotten */
		assert_true(first && !strstr(first + 1, "X-Lane: first"));
		assert_non_null(strstr(answer, "\r\n\r\nlong"));
	}
}

/* More of it than can wait is told so, and still keeps nothing else waiting. */
static void test_aside_full(void **state)
{
	static const char request[] = "GET /long?word=x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	int late[14], refused = 0;

	(void)state;
	stepped = 0;
	for (int i = 0; i < 14; i++) {
		late[i] = dial(request);
		for (int waited = 0; stepped <= i && waited < WAIT_MS; waited++)
			usleep(1000);
	}
	ask("GET /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(answer, "200 OK"));
	for (size_t i = 0; i < sizeof late / sizeof *late; i++) {
		read_until(late[i], NULL);
		close(late[i]);
		if (strstr(answer, " 503 ")) {
			assert_non_null(strstr(answer, "Retry-After: 1"));
			refused++;
		} else {
			assert_non_null(strstr(answer, "\r\n\r\nlong"));
		}
	}
	assert_in_range(refused, 1, 6);
}

static void ask_long(const char *query)
{
	char request[200];

	snprintf(request, sizeof request, "GET /long?%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", query);
	ask(request);
}

/* One who asks for very much keeps nobody else waiting, nor signing in; what is too much is refused, the same again is
 * not. */
static void test_aside_of_one(void **state)
{
	enum { MOST = QUEUE_MAX / SERVER_ASIDE_SHARE, ALL = MOST + 4 };
	struct pollfd late[ALL];
	char request[200];
	int refused = 0, ready = 0, again;

	(void)state;
	gate = true;
	for (int i = 0; i < ALL; i++) {
		snprintf(request, sizeof request,
			 "GET /long?of=7&word=%d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", i + 1);
		late[i] = (struct pollfd){.fd = dial(request), .events = POLLIN};
	}
	for (int waited = 0; ready < ALL - MOST && waited < WAIT_MS; waited++) {
		ready = poll(late, ALL, 0);
		usleep(1000);
	}
	assert_int_equal(ready, ALL - MOST);
	ask_long("of=8");
	assert_non_null(strstr(answer, "\r\n\r\nlong"));
	ask_long("of=-1");
	assert_non_null(strstr(answer, "\r\n\r\nlong"));
	for (again = 0; late[again].revents; again++)
		;
	snprintf(request, sizeof request,
		 "GET /long?of=7&word=%d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", again + 1);
	again = dial(request);
	gate = false;
	for (int i = 0; i < ALL; i++) {
		read_until(late[i].fd, NULL);
		close(late[i].fd);
		if (strstr(answer, " 429 ")) {
			assert_non_null(strstr(answer, "Retry-After: 1"));
			refused++;
		}
	}
	assert_int_equal(refused, ALL - MOST);
	read_until(again, NULL);
	close(again);
	assert_non_null(strstr(answer, "\r\n\r\nlong"));
}

static void test_hostile(void **state)
{
	char request[4096];

	(void)state;
	ask("GET /%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(answer, " 400 "));
	ask("GET /a?word=%0a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(answer, " 400 "));
	ask("GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(answer, " 500 "));
	snprintf(request, sizeof request,
		 "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1001\r\n\r\n%01001d", 0);
	ask(request);
	assert_non_null(strstr(answer, " 413 "));
}

static void test_compressed(void **state)
{
	(void)state;
	ask("GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n");
	assert_non_null(strstr(answer, "Content-Encoding: gzip"));
	ask("GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_null(strstr(answer, "Content-Encoding"));
	assert_non_null(strstr(answer, "Content-Length: 4096"));
}

static void test_stream(void **state)
{
	int a, b;

	(void)state;
	server_send("figures", "v1");
	a = dial("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
	read_until(a, "event: figures\ndata: v1\n\n");
	b = dial("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
	read_until(b, "data: v1");
	server_send("figures", "v2");
	read_until(a, "data: v2");
	read_until(b, "data: v2");
	close(b); /* gone without a word */
	server_send("figures", "v3");
	read_until(a, "data: v3");
	close(a);
}

/* One reader has so many, others have room; what is ended ends, and leaves room. */
static void test_stream_of_one(void **state)
{
	static const char request[] = "GET /stream?word=a HTTP/1.1\r\nHost: x\r\n\r\n";
	char readers[4][SERVER_READER_SIZE];
	int a, b, other;

	(void)state;
	server_send("figures", "v1");
	a = dial(request);
	read_until(a, "data: v1");
	b = dial(request);
	read_until(b, "data: v1");
	ask("GET /stream?word=a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(answer, " 429 "));
	other = dial("GET /stream?word=b HTTP/1.1\r\nHost: x\r\n\r\n");
	read_until(other, "data: v1");
	assert_int_equal(server_readers(readers, 4), 2);
	assert_int_equal(server_readers(readers, 1), 1);
	server_stream_end("a");
	read_until(a, "0\r\n\r\n");
	read_until(b, "0\r\n\r\n");
	server_send("figures", "v2");
	read_until(other, "data: v2");
	close(a);
	close(b);
	a = dial(request);
	read_until(a, "data: v2");
	close(a);
	close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_request, setup, teardown),
		cmocka_unit_test_setup_teardown(test_aside, setup, teardown),
		cmocka_unit_test_setup_teardown(test_aside_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_aside_of_one, setup_wide, teardown),
		cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_compressed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stream, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stream_of_one, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
