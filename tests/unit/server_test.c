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

static char answer[ANSWER_MAX];
static atomic_int stepped; /* aside, or told that there is no room */

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
	const char *path = server_path(r), *body, *word = server_query(r, "word");
	char text[4096];
	size_t len;
	int arguments = 0;

	(void)worker;
	body = server_body(r, &len);
	server_each_query(r, count, &arguments);
	if (strcmp(path, "/long") == 0) {
		server_set(r, "X-Lane", "first");
		if (server_aside(r)) {
			stepped++;
			return;
		}
		server_set(r, "X-Lane", "aside");
		if (word)
			usleep(300000);
		server_answer(r, 200, "text/plain", "long", 4, SERVER_PLAIN);
	} else if (strcmp(path, "/stream") == 0) {
		server_stream(r);
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

static int setup(void **state)
{
	struct server_options o = {.address = "127.0.0.1",
				   .workers = 2,
				   .workers_aside = 1,
				   .connections_max = 20,
				   .queue_max = 8,
				   .body_max = 1000,
				   .worker_begin = begin,
				   .worker_end = end,
				   .handle = handle};
	struct err err = {0};

	(void)state;
	return server_open(&o, &err);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_request, setup, teardown),
		cmocka_unit_test_setup_teardown(test_aside, setup, teardown),
		cmocka_unit_test_setup_teardown(test_aside_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_compressed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stream, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
