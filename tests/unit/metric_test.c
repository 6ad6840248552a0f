#include "base/metric.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const int64_t bounds[] = {10, 100, 1500};
static struct metric messages = {.name = "test_messages_total", .help = "Messages.", .kind = METRIC_COUNTER};
static struct metric rejected = {
	.name = "test_rejected_total", .help = "Rejects.", .kind = METRIC_COUNTER, .label = "reason"};
static struct metric at = {
	.name = "test_at_seconds", .help = "When.", .kind = METRIC_GAUGE, .label = "partition", .per = 1000};
static struct metric took = {.name = "test_took_seconds",
			     .help = "How long.",
			     .kind = METRIC_HISTOGRAM,
			     .per = 1000,
			     .bounds = bounds,
			     .bound_count = 3};

static char *text(void)
{
	static char out[65536];
	struct buf b;

	buf_init(&b, sizeof out - 1);
	metric_write(&b);
	assert_false(b.overflow);
	memcpy(out, b.data, b.len);
	out[b.len] = 0;
	buf_release(&b);
	return out;
}

static void shows(const char *line)
{
	if (!strstr(text(), line))
		fail_msg("%s\nis not in\n%s", line, text());
}

static void a_counter_without_label_is_shown_at_0_and_only_once(void **state)
{
	char *first;

	(void)state;
	metric_register(&messages);
	metric_register(&rejected);
	metric_register(&messages);
	metric_register(&rejected);
	metric_register(&rejected);
	first = strstr(text(), "# TYPE test_messages_total");
	assert_non_null(first);
	assert_null(strstr(first + 1, "# TYPE test_messages_total"));
	shows("# HELP test_messages_total Messages.\n# TYPE test_messages_total counter\ntest_messages_total 0\n");
	metric_add(&messages, NULL, 3);
	metric_add(&messages, NULL, 4);
	shows("\ntest_messages_total 7\n");
	assert_int_equal(metric_value(&messages, NULL), 7);
}

static void a_label_s_values_are_series_and_cannot_break_the_line(void **state)
{
	(void)state;
	metric_add(&rejected, "syntax", 2);
	metric_add(&rejected, "too-large", 0);
	metric_add(&rejected, "syntax", 1);
	metric_add(&rejected, "a\"b\\c\nd", 5);
	shows("\ntest_rejected_total{reason=\"syntax\"} 3\ntest_rejected_total{reason=\"too-large\"} 0\n"
	      "test_rejected_total{reason=\"a\\\"b\\\\c\\nd\"} 5\n");
	assert_int_equal(metric_value(&rejected, "never"), 0);
	assert_null(strstr(text(), "never"));
}

static void a_gauge_is_scaled_hidden_and_shown_again(void **state)
{
	(void)state;
	metric_register(&at);
	metric_set(&at, "0", 1764000000123);
	metric_set(&at, "1", 2500);
	shows("test_at_seconds{partition=\"0\"} 1764000000.123\ntest_at_seconds{partition=\"1\"} 2.5\n");
	metric_hide(&at, "0");
	metric_hide(&at, "77");
	assert_null(strstr(text(), "partition=\"0\""));
	metric_set(&at, "0", 0);
	shows("test_at_seconds{partition=\"0\"} 0\n");
}

static void a_histogram_is_cumulative_and_its_bounds_are_included(void **state)
{
	(void)state;
	metric_register(&took);
	metric_observe(&took, 10);
	metric_observe(&took, 11);
	metric_observe(&took, 1500);
	metric_observe(&took, 1501);
	shows("# TYPE test_took_seconds histogram\n"
	      "test_took_seconds_bucket{le=\"0.01\"} 1\n"
	      "test_took_seconds_bucket{le=\"0.1\"} 2\n"
	      "test_took_seconds_bucket{le=\"1.5\"} 3\n"
	      "test_took_seconds_bucket{le=\"+Inf\"} 4\n"
	      "test_took_seconds_sum 3.022\n"
	      "test_took_seconds_count 4\n");
}

static void too_many_values_of_a_label_are_left_out(void **state)
{
	char value[16];

	(void)state;
	for (int i = 0; i < METRIC_SERIES_MAX + 10; i++) {
		snprintf(value, sizeof value, "%d", i);
		metric_set(&at, value, i * 1000);
	}
	shows("test_at_seconds{partition=\"63\"} 63\n");
	assert_null(strstr(text(), "partition=\"64\""));
}

static void the_process_shows_its_memory_and_start(void **state)
{
	const char *memory = strstr(text(), "\nprocess_resident_memory_bytes "), *start;

	(void)state;
	assert_non_null(memory);
	assert_true(strtoll(memory + strlen("\nprocess_resident_memory_bytes "), NULL, 10) > 1000000);
	start = strstr(text(), "\nprocess_start_time_seconds ");
	assert_non_null(start);
	assert_true(strtoll(start + strlen("\nprocess_start_time_seconds "), NULL, 10) > 1700000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_counter_without_label_is_shown_at_0_and_only_once),
		cmocka_unit_test(a_label_s_values_are_series_and_cannot_break_the_line),
		cmocka_unit_test(a_gauge_is_scaled_hidden_and_shown_again),
		cmocka_unit_test(a_histogram_is_cumulative_and_its_bounds_are_included),
		cmocka_unit_test(too_many_values_of_a_label_are_left_out),
		cmocka_unit_test(the_process_shows_its_memory_and_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
