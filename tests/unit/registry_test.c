/* Against a stub of a registry: a thread that answers one request a connection as the test has said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/run.h"
#include "registry/registry.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define JSON "application/vnd.schemaregistry.v1+json"
#define RECORD                                                                                                         \
	"{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"R\\\",\\\"fields\\\":"                            \
	"[{\\\"name\\\":\\\"id\\\",\\\"type\\\":\\\"long\\\"}]}\",\"schemaType\":\"AVRO\",\"references\":[]}"

static struct {
	int status, delay_ms;
	const char *type, *body, *extra;
	char request[4096];
	unsigned served;
} stub = {.status = 200, .type = JSON, .body = RECORD, .extra = ""};
static int listener = -1;
static uint16_t port;
static pthread_t thread;

static void *serve(void *unused)
{
	int c;

	while ((c = accept(listener, NULL, NULL)) >= 0) {
		char head[512];
		ssize_t got = recv(c, stub.request, sizeof stub.request - 1, 0);

		stub.request[got > 0 ? got : 0] = 0;
		stub.served++;
		usleep((useconds_t)stub.delay_ms * 1000);
		snprintf(head, sizeof head,
			 "HTTP/1.1 %d x\r\nContent-Type: %s\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n",
			 stub.status, stub.type, strlen(stub.body), stub.extra);
		send(c, head, strlen(head), MSG_NOSIGNAL);
		send(c, stub.body, strlen(stub.body), MSG_NOSIGNAL);
		close(c);
	}
	return unused;
}

static int setup(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;

	(void)state;
	unsetenv("http_proxy");
	run_init();
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&at, len) || listen(listener, 8) ||
	    getsockname(listener, (struct sockaddr *)&at, &len))
		return -1;
	port = ntohs(at.sin_port);
	return pthread_create(&thread, NULL, serve, NULL);
}

static int teardown(void **state)
{
	(void)state;
	shutdown(listener, SHUT_RDWR);
	pthread_join(thread, NULL);
	return close(listener);
}

static void answer(int status, const char *type, const char *body)
{
	stub.status = status;
	stub.type = type;
	stub.body = body;
	stub.extra = "";
	stub.delay_ms = 0;
}

static struct registry *open_at(const char *user, const char *path)
{
	char url[200];
	struct registry_options options = {.url = url, .refused_ms = 100, .total_ms = 400};
	struct registry *r = NULL;
	struct err err = {0};

	snprintf(url, sizeof url, "http://%s127.0.0.1:%d%s", user, (int)port, path);
	assert_int_equal(registry_open(&r, &options, &err), 0);
	return r;
}

static const struct field_spec specs[] = {{.path = "id"}};
static struct field field;
static struct err err;

static int read_id(struct registry *r, uint8_t id)
{
	const uint8_t message[] = {0, 0, 0, 1, id, 84};

	err = (struct err){0};
	return registry_record(r, message, sizeof message, specs, 1, &field, &err);
}

static void expect_refused(struct registry *r, uint8_t id, const char *word)
{
	assert_int_equal(read_id(r, id), -1);
	assert_int_equal(err.kind, ERR_MESSAGE);
	assert_int_equal(err.reason, REASON_UNKNOWN_SCHEMA);
	if (!strstr(err.text, word))
		fail_msg("%s", err.text);
}

static void expect_away(struct registry *r, uint8_t id, enum err_kind kind)
{
	assert_int_equal(read_id(r, id), -1);
	assert_int_equal(err.kind, kind);
	assert_null(strstr(err.text, "hemligt"));
}

static void a_schema_is_asked_for_once(void **state)
{
	struct registry *r = open_at("anna:hemligt@", "/ccompat/");
	unsigned before = stub.served;

	(void)state;
	answer(200, JSON, RECORD);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(read_id(r, 7), 0);
		assert_int_equal(field.type, FIELD_INT);
		assert_int_equal(field.number, 42);
	}
	assert_int_equal(stub.served - before, 1);
	assert_int_equal(registry_requests(r), 1);
	assert_ptr_equal(strstr(stub.request, "GET /ccompat/schemas/ids/263 HTTP/1.1\r\n"), stub.request);
	assert_non_null(strstr(stub.request, "Authorization: Basic YW5uYTpoZW1saWd0\r\n"));
	assert_int_equal(read_id(r, 8), 0); /* the connection of the first is closed by now */
	registry_close(r);
}

static void an_unknown_id_is_refused_for_a_while(void **state)
{
	struct registry *r = open_at("", "");

	(void)state;
	answer(404, JSON, "{\"error_code\":40403,\"message\":\"Schema not found\"}");
	expect_refused(r, 1, "does not know");
	expect_refused(r, 1, "does not know");
	assert_int_equal(registry_requests(r), 1);
	run_pause(120);
	answer(200, JSON, RECORD);
	assert_int_equal(read_id(r, 1), 0);
	assert_int_equal(registry_requests(r), 2);
	registry_close(r);
}

static void a_registry_that_is_away_refuses_nothing(void **state)
{
	struct registry *r = open_at("anna:hemligt@", ""), *closed = NULL;
	int64_t since;

	(void)state;
	assert_int_equal(registry_open(&closed, &(struct registry_options){.url = "http://127.0.0.1:1"}, &err), 0);
	expect_away(closed, 1, ERR_RETRY);
	answer(503, JSON, "{}");
	expect_away(r, 1, ERR_RETRY);
	answer(404, "text/html", "<html>");
	expect_away(r, 1, ERR_RETRY);
	answer(200, "text/html", RECORD);
	expect_away(r, 1, ERR_RETRY);
	answer(302, JSON, "{}");
	stub.extra = "Location: http://127.0.0.1:1/elsewhere\r\n";
	expect_away(r, 1, ERR_RETRY);
	answer(401, JSON, "{}");
	expect_away(r, 1, ERR_CONFIG);
	answer(200, JSON, RECORD);
	stub.delay_ms = 1500;
	since = run_monotonic_ms();
	expect_away(r, 1, ERR_RETRY);
	assert_in_range(run_monotonic_ms() - since, 300, 1200);
	answer(200, JSON, RECORD);
	run_pause(1500);
	assert_int_equal(read_id(r, 1), 0);
	registry_close(closed);
	registry_close(r);
}

static char *quoted(const char *schema)
{
	size_t len = strlen(schema);
	char *out = malloc(2 * len + 20), *p = out + sprintf(out, "{\"schema\":\"");

	for (size_t i = 0; i < len; i++) {
		if (schema[i] == '"')
			*p++ = '\\';
		*p++ = schema[i];
	}
	memcpy(p, "\"}", 3);
	return out;
}

static void schemas_that_cannot_be_used_are_refused(void **state)
{
	static const struct {
		const char *schema, *word;
	} bad[] = {
		{"\"string\"", "no record"},
		{"[", "not JSON"},
		{"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"r\",\"type\":[\"null\",\"R\"]}]}",
		 "recursive"},
		{"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"Elsewhere\"}]}", "parsed"},
		{"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"fixed\","
		 "\"name\":"
		 "\"F\",\"size\":99999999}}]}",
		 "impossible size"},
	};
	struct registry *r = open_at("", "");
	char deep[4096] = "", *long_answer = malloc(REGISTRY_ANSWER_MAX + 2);

	(void)state;
	for (uint8_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char *body = quoted(bad[i].schema);

		answer(200, JSON, body);
		expect_refused(r, i, bad[i].word);
		free(body);
	}
	strcat(deep, "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":");
	for (int i = 0; i < 20; i++)
		strcat(deep, "{\"type\":\"array\",\"items\":");
	strcat(deep, "\"int\"");
	for (int i = 0; i < 20; i++)
		strcat(deep, "}");
	strcat(deep, "}]}");
	answer(200, JSON, quoted(deep));
	expect_refused(r, 100, "deeper");
	free((char *)stub.body);
	memset(long_answer, ' ', REGISTRY_ANSWER_MAX + 1);
	long_answer[REGISTRY_ANSWER_MAX + 1] = 0;
	answer(200, JSON, long_answer);
	expect_refused(r, 101, "too long");
	free(long_answer);
	answer(200, JSON, "{\"schema\":1}");
	expect_refused(r, 102, "no schema");
	answer(200, JSON, "[]");
	expect_refused(r, 103, "no JSON object");
	answer(200, JSON, "{\"schema\":\"{}\",\"schemaType\":\"PROTOBUF\"}");
	expect_refused(r, 104, "not Avro");
	answer(200, JSON, RECORD);
	run_pause(120);
	assert_int_equal(read_id(r, 103), 0);
	expect_refused(r, 0, "no record"); /* for good */
	registry_close(r);
}

/* Many names of one large enum: the plan must not hold its symbols once a name. */
static void a_schema_that_grows_is_refused(void **state)
{
	struct registry *r = open_at("", "");
	char *schema = calloc(1, REGISTRY_ANSWER_MAX), *p = schema, *body;

	(void)state;
	p += sprintf(p, "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"enum\","
			"\"name\":\"E\",\"symbols\":[\"Z\"");
	for (int i = 0; i < 8000; i++)
		p += sprintf(p, ",\"A%d\"", i);
	p += sprintf(p, "]}}");
	for (int i = 0; i < 3000; i++)
		p += sprintf(p, ",{\"name\":\"f%d\",\"type\":\"E\"}", i);
	sprintf(p, "]}");
	body = quoted(schema);
	answer(200, JSON, body);
	assert_true(strlen(body) < REGISTRY_ANSWER_MAX);
	expect_refused(r, 1, "symbols");
	free(body);
	free(schema);
	registry_close(r);
}

static void messages_are_checked(void **state)
{
	struct registry *r = open_at("", "");
	const uint8_t good[] = {0, 0, 0, 0, 9, 84, 0};

	(void)state;
	answer(200, JSON, RECORD);
	assert_true(registry_framed(good, 1));
	assert_false(registry_framed(good, 0));
	assert_false(registry_framed("{}", 2));
	assert_false(registry_framed("\xC3\x01", 2));
	for (size_t len = 1; len < sizeof good + 1; len++) {
		err = (struct err){0};
		assert_int_equal(registry_record(r, good, len, specs, 1, &field, &err), len == 6 ? 0 : -1);
		if (len != 6)
			assert_int_equal(err.reason, REASON_SCHEMA);
	}
	assert_int_equal(read_id(NULL, 1), -1);
	assert_int_equal(err.reason, REASON_UNKNOWN_SCHEMA);
	assert_non_null(strstr(err.text, "SCHEMA_REGISTRY_URL"));
	err = (struct err){0};
	assert_int_equal(registry_record(r, good, 6, (const struct field_spec[]){{.path = "other"}}, 1, &field, &err),
			 0);
	assert_int_equal(field.type, FIELD_ABSENT);
	assert_int_equal(read_id(r, 1), 0);
	assert_int_equal(field.number, 42);
	registry_close(r);
	registry_close(NULL);
}

/* More ids than are kept: the old ones go, and are asked for again. */
static void ids_have_a_limit(void **state)
{
	struct registry *r = open_at("", "");
	uint8_t message[] = {0, 0, 0, 0, 0, 84};

	(void)state;
	answer(200, JSON, RECORD);
	for (unsigned id = 0; id < REGISTRY_IDS_MAX + 50; id++) {
		message[3] = (uint8_t)(id >> 8);
		message[4] = (uint8_t)id;
		assert_int_equal(registry_record(r, message, sizeof message, specs, 1, &field, &err), 0);
	}
	assert_int_equal(registry_requests(r), REGISTRY_IDS_MAX + 50);
	assert_int_equal(registry_record(r, message, sizeof message, specs, 1, &field, &err), 0);
	assert_int_equal(registry_requests(r), REGISTRY_IDS_MAX + 50);
	message[3] = message[4] = 0;
	assert_int_equal(registry_record(r, message, sizeof message, specs, 1, &field, &err), 0);
	assert_int_equal(registry_requests(r), REGISTRY_IDS_MAX + 51);
	registry_close(r);
}

static void urls_that_are_none(void **state)
{
	static const char *const bad[] = {"hemligt",	    "ftp://hemligt@h/",	   "file:///hemligt",
					  "http://",	    "http://h/?hemligt=1", "http://h/#hemligt",
					  "http://h:99999/"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct registry *r = NULL;

		err = (struct err){0};
		assert_int_equal(registry_open(&r, &(struct registry_options){.url = bad[i]}, &err), -1);
		assert_int_equal(err.kind, ERR_CONFIG);
		assert_null(strstr(err.text, "hemligt"));
		assert_null(r);
	}
}

/* The last test: the flag stays. */
static void a_stop_ends_a_request(void **state)
{
	struct registry *r = open_at("", "");

	(void)state;
	answer(200, JSON, RECORD);
	run_stop();
	expect_away(r, 1, ERR_RETRY);
	assert_non_null(strstr(err.text, "asked to stop"));
	registry_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_schema_is_asked_for_once),
		cmocka_unit_test(an_unknown_id_is_refused_for_a_while),
		cmocka_unit_test(a_registry_that_is_away_refuses_nothing),
		cmocka_unit_test(schemas_that_cannot_be_used_are_refused),
		cmocka_unit_test(a_schema_that_grows_is_refused),
		cmocka_unit_test(messages_are_checked),
		cmocka_unit_test(ids_have_a_limit),
		cmocka_unit_test(urls_that_are_none),
		cmocka_unit_test(a_stop_ends_a_request),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
