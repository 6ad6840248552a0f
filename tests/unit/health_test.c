/* A real listener on a free port of this host, asked over plain sockets. */
#include "http/health.h"
#include "base/metric.h"
#include "base/run.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

static struct health_options options = {.address = "127.0.0.1", .silent_ms = 300};

static int bound(int64_t *port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof to;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&to, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&to, &len), 0);
	*port = ntohs(to.sin_port);
	return fd;
}

static int dial(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_port = htons((uint16_t)options.port);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

/* The answer to `request` (its end until the other side closes), at most 10 s. */
static const char *ask_raw(const char *request, size_t size)
{
	static char answer[65536];
	size_t len = 0;
	ssize_t got = 1;
	int fd = dial();
	struct pollfd wait = {.fd = fd, .events = POLLIN};

	if (send(fd, request, size, MSG_NOSIGNAL) < 0)
		answer[0] = 0;
	while (got > 0 && len < sizeof answer - 1 && poll(&wait, 1, 10000) == 1) {
		got = recv(fd, answer + len, sizeof answer - 1 - len, 0);
		len += got > 0 ? (size_t)got : 0;
	}
	answer[len] = 0;
	close(fd);
	return answer;
}

static const char *ask(const char *method, const char *path)
{
	char request[256];
	int len = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", method,
			   path);

	return ask_raw(request, (size_t)len);
}

static void answers(const char *path, const char *status, const char *words)
{
	const char *answer = ask("GET", path);

	if (strncmp(answer, "HTTP/1.1 ", 9) != 0 || strncmp(answer + 9, status, 3) != 0 || !strstr(answer, words))
		fail_msg("%s: %s", path, answer);
}

static int open_listener(void **state)
{
	struct err err = {0};

	(void)state;
	close(bound(&options.port));
	if (health_open(&options, &err))
		fail_msg("%s", err.text);
	return 0;
}

static int close_listener(void **state)
{
	(void)state;
	health_close();
	return 0;
}

static void readiness_says_why(void **state)
{
	(void)state;
	answers("/readyz", "503", "\r\n\r\nstarting\n");
	health_ready(NULL);
	answers("/readyz", "200", "\r\n\r\nok\n");
	health_ready("the database is away");
	answers("/readyz", "503", "\r\n\r\nthe database is away\n");
	answers("/metrics", "200", "\nlagesbild_ready 0\n");
}

static void a_loop_that_does_not_turn_is_not_alive(void **state)
{
	(void)state;
	assert_false(run_stopping());
	answers("/livez", "200", "ok");
	usleep(400 * 1000);
	answers("/livez", "503", "the program's loop has not turned for 0 s");
	assert_false(run_stopping());
	answers("/livez", "200", "ok");
}

static void metrics_are_prometheus_text(void **state)
{
	(void)state;
	answers("/metrics", "200", "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n");
	answers("/metrics?x=1", "200", "\nprocess_resident_memory_bytes ");
}

static void head_has_no_body_and_nothing_else_is_there(void **state)
{
	const char *answer = ask("HEAD", "/metrics");

	(void)state;
	assert_memory_equal(answer, "HTTP/1.1 200", 12);
	assert_null(strstr(answer, "# HELP"));
	answers("/", "404", "/livez");
	answers("/metrics/", "404", "/livez");
	answers("/livez/../readyz", "404", "/livez");
	assert_non_null(strstr(ask("POST", "/metrics"), "HTTP/1.1 405"));
	assert_non_null(strstr(ask("DELETE", "/livez"), "Allow: GET, HEAD"));
}

static void a_hostile_request_is_refused_and_the_next_one_served(void **state)
{
	static char big[200000];

	(void)state;
	memset(big, 'a', sizeof big);
	memcpy(big, "GET /", 5);
	assert_null(strstr(ask_raw(big, sizeof big), " 200 "));
	memcpy(big, "GET /livez HTTP/1.1\r\nHost: x\r\nX: ", 33);
	assert_null(strstr(ask_raw(big, sizeof big), " 200 "));
	assert_null(strstr(ask_raw("\0\xff\xfe\r\n\r\n", 7), " 200 "));
	assert_non_null(
		strstr(ask_raw("POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nabc", 63), " 405 "));
	run_stopping();
	answers("/livez", "200", "ok");
}

static void idle_connections_do_not_keep_others_out_for_long(void **state)
{
	int idle[40];

	(void)state;
	for (size_t i = 0; i < 40; i++)
		idle[i] = dial();
	usleep(6500 * 1000); /* the listener's own limit of silence is 5 s */
	run_stopping();
	answers("/livez", "200", "ok");
	for (size_t i = 0; i < 40; i++)
		close(idle[i]);
}

static void a_port_that_is_taken_or_an_address_that_is_none_is_a_configuration_error(void **state)
{
	struct health_options o = {.address = "127.0.0.1"};
	struct err err = {0};
	int fd = bound(&o.port);
	char port[16];

	(void)state;
	assert_int_equal(health_open(&o, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	snprintf(port, sizeof port, "%d", (int)o.port);
	assert_non_null(strstr(err.text, port));
	assert_non_null(strstr(err.text, "in use"));
	close(fd);
	o.address = "localhost";
	assert_int_equal(health_open(&o, &err), -1);
	assert_non_null(strstr(err.text, "LAGESBILD_HTTP_ADDRESS"));
	health_close();
}

static void port_0_is_off(void **state)
{
	struct health_options o = {.address = "127.0.0.1", .port = 0};
	struct err err = {0};

	(void)state;
	assert_int_equal(health_open(&o, &err), 0);
	health_ready(NULL);
	health_close();
}

int main(void)
{
	const struct CMUnitTest open[] = {
		cmocka_unit_test(readiness_says_why),
		cmocka_unit_test(a_loop_that_does_not_turn_is_not_alive),
		cmocka_unit_test(metrics_are_prometheus_text),
		cmocka_unit_test(head_has_no_body_and_nothing_else_is_there),
		cmocka_unit_test(a_hostile_request_is_refused_and_the_next_one_served),
		cmocka_unit_test(idle_connections_do_not_keep_others_out_for_long),
	};
	const struct CMUnitTest closed[] = {
		cmocka_unit_test(a_port_that_is_taken_or_an_address_that_is_none_is_a_configuration_error),
		cmocka_unit_test(port_0_is_off),
	};
	int failed = cmocka_run_group_tests(open, open_listener, close_listener);

	return failed + cmocka_run_group_tests(closed, NULL, NULL);
}
