#include "base/log.h"
#include "base/utf8.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char line[8192];
static int saved = -1, pipe_ends[2];

static void capture(const char *format)
{
	if (format)
		setenv("LOG_FORMAT", format, 1);
	else
		unsetenv("LOG_FORMAT");
	log_init("normalizer-press");
	assert_int_equal(pipe(pipe_ends), 0);
	fflush(stderr);
	saved = dup(2);
	dup2(pipe_ends[1], 2);
	close(pipe_ends[1]);
}

/* What was logged, all lines. */
static const char *captured(void)
{
	ssize_t got;
	size_t len = 0;

	dup2(saved, 2);
	close(saved);
	while ((got = read(pipe_ends[0], line + len, sizeof(line) - 1 - len)) > 0)
		len += (size_t)got;
	close(pipe_ends[0]);
	line[len] = '\0';
	return line;
}

static void key_value(void **state)
{
	const char *text;

	(void)state;
	capture(NULL);
	log_event(LOG_NOTE, "started", "partitions", "4", "place", "a b", "quote", "\"\\\n\t=", "empty", "", NULL);
	text = captured();
	assert_int_equal(strncmp(text, "time=20", 7), 0);
	assert_non_null(strstr(text, "Z level=note program=normalizer-press event=started partitions=4 place=\"a b\" "
				     "quote=\"\\\"\\\\\\n\\u0009=\" empty=\"\"\n"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void json(void **state)
{
	const char *text;

	(void)state;
	capture("json");
	log_text(LOG_FAILURE, "stopped", "The topic \"%s\" has %d partitions\x01.", "\xc3\xa5", 3);
	text = captured();
	assert_int_equal(strncmp(text, "{\"time\":\"20", 11), 0);
	assert_non_null(strstr(text, "Z\",\"level\":\"failure\",\"program\":\"normalizer-press\",\"event\":\"stopped\","
				     "\"text\":\"The topic \\\"\xc3\xa5\\\" has 3 partitions\\u0001.\"}\n"));
}

static void never_broken_utf8(void **state)
{
	const char *text;

	(void)state;
	capture("json");
	log_event(LOG_WARNING, "x", "a", "G\xe4vle\xc3", NULL);
	text = captured();
	assert_non_null(strstr(text, "\"a\":\"G?vle?\"}"));
}

static void long_line_is_cut_and_stays_json(void **state)
{
	static const char *const fill[] = {"\xc3\xb6", "\"", "\x01", "a"};
	char big[6001];
	const char *text;
	size_t len, kind, shift, i;

	(void)state;
	for (kind = 0; kind < 4; kind++)
		for (shift = 0; shift < 7; shift++) {
			memset(big, 'x', shift);
			for (i = shift; i + 2 < sizeof(big); i += strlen(fill[kind]))
				memcpy(big + i, fill[kind], strlen(fill[kind]) + 1);
			capture("json");
			log_event(LOG_NOTE, "big", "a", big, "b", big, NULL);
			text = captured();
			len = strlen(text);
			assert_in_range(len, 2048 - 8, 2048);
			assert_string_equal(text + len - 3, "\"}\n");
			assert_true(utf8_valid(text, len));
		}
}

static void many_pairs_are_cut_whole(void **state)
{
	char value[100];
	const char *text;
	size_t i, len;

	(void)state;
	for (i = 0; i < 60; i++) {
		memset(value, 'v', i);
		value[i] = '\0';
		capture("json");
#define FIVE "k1", value, "k2", value, "k3", value, "k4", value, "k5", value
		log_event(LOG_NOTE, "e", FIVE, FIVE, FIVE, FIVE, FIVE, FIVE, FIVE, NULL);
#undef FIVE
		text = captured();
		len = strlen(text);
		assert_in_range(len, 1, 2048);
		assert_string_equal(text + len - 3, "\"}\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_value),
		cmocka_unit_test(json),
		cmocka_unit_test(never_broken_utf8),
		cmocka_unit_test(long_line_is_cut_and_stays_json),
		cmocka_unit_test(many_pairs_are_cut_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
