#include "base/period.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HOUR_MS = 3600000 };

static struct period_zone *zone;

static int open_zone(void **state)
{
	struct err err = {0};

	(void)state;
	return period_zone_open(&zone, "Europe/Stockholm", &err);
}

static int close_zone(void **state)
{
	(void)state;
	period_zone_close(zone);
	return 0;
}

static int32_t month_number(int year, int month)
{
	return (year - 1970) * 12 + month - 1;
}

static int64_t start(int year, int month)
{
	return period_month_start_ms(zone, month_number(year, month));
}

static int64_t utc(int y, int mo, int d, int h, int mi, int s)
{
	return (period_days(y, mo, d) * 86400 + h * 3600 + mi * 60 + s) * 1000;
}

static int64_t wall(int y, int mo, int d, int h, int mi, int s)
{
	struct period_civil c = {.year = y, .month = mo, .day = d, .hour = h, .minute = mi, .second = s};

	return period_utc_ms(zone, &c);
}

/* Lengths of months and tertials in Sweden, computed apart from this code with Python's zoneinfo. */
static void golden_lengths(void **state)
{
	(void)state;
	assert_int_equal(month_number(2026, 3), 674);
	assert_true(start(2026, 3) == utc(2026, 2, 28, 23, 0, 0));
	assert_true(start(2026, 4) == utc(2026, 3, 31, 22, 0, 0));
	assert_int_equal((start(2026, 4) - start(2026, 3)) / HOUR_MS, 743);
	assert_int_equal((start(2026, 11) - start(2026, 10)) / HOUR_MS, 745);
	assert_true(start(2026, 1) == utc(2025, 12, 31, 23, 0, 0));
	assert_true(start(2026, 5) == utc(2026, 4, 30, 22, 0, 0));
	assert_int_equal((start(2026, 5) - start(2026, 1)) / HOUR_MS, 2879);
	assert_int_equal((start(2028, 5) - start(2028, 1)) / HOUR_MS, 2903);
	assert_int_equal((start(2026, 9) - start(2026, 5)) / HOUR_MS, 2952);
	assert_int_equal((start(2027, 1) - start(2026, 9)) / HOUR_MS, 2929);
}

static void changes_of_the_clock(void **state)
{
	static const int days[][6] = {
		{2025, 3, 30, 2025, 10, 26}, {2026, 3, 29, 2026, 10, 25}, {2027, 3, 28, 2027, 10, 31}};
	int64_t t;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		t = utc(days[i][0], days[i][1], days[i][2], 1, 0, 0);
		assert_int_equal(period_offset_s(zone, t - 1), 3600);
		assert_int_equal(period_offset_s(zone, t), 7200);
		t = utc(days[i][3], days[i][4], days[i][5], 1, 0, 0);
		assert_int_equal(period_offset_s(zone, t - 1), 7200);
		assert_int_equal(period_offset_s(zone, t), 3600);
	}
}

static void boundary(int64_t t, int32_t month)
{
	struct period_civil c;

	assert_int_equal(period_month(zone, t), month);
	assert_int_equal(period_month(zone, t - 1), month - 1);
	assert_int_equal(period_month(zone, t - 1000), month - 1);
	assert_int_equal(period_month(zone, t + 1000), month);
	period_local(zone, t - 1000, &c);
	assert_int_equal(c.hour * 10000 + c.minute * 100 + c.second, 235959);
	assert_true(period_utc_ms(zone, &c) == t - 1000);
	period_local(zone, t, &c);
	assert_int_equal(c.day, 1);
	assert_int_equal(c.hour + c.minute + c.second, 0);
	assert_int_equal((c.year - 1970) * 12 + c.month - 1, month);
	assert_true(period_utc_ms(zone, &c) == t);
	period_local(zone, t + 1000, &c);
	assert_int_equal(c.second, 1);
	assert_true(period_utc_ms(zone, &c) == t + 1000);
}

static void every_month_1960_to_2090(void **state)
{
	int32_t month;

	(void)state;
	for (month = month_number(1960, 1); month < month_number(2090, 1); month++) {
		boundary(period_month_start_ms(zone, month), month);
		assert_in_range((period_month_start_ms(zone, month + 1) - period_month_start_ms(zone, month)) / HOUR_MS,
				671, 745);
	}
}

/* Against the C library, hour by hour: the tables must be its own. */
static void same_as_the_library(void **state)
{
	struct period_civil c;
	struct tm tm;
	time_t t;

	(void)state;
	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	for (t = -2208988800; t < 4133980800; t += 20011) {
		localtime_r(&t, &tm);
		period_local(zone, (int64_t)t * 1000 + 999, &c);
		assert_int_equal(c.year - 1900, tm.tm_year);
		assert_int_equal(c.month - 1, tm.tm_mon);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(c.hour * 3600 + c.minute * 60 + c.second,
				 tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
		assert_int_equal(c.weekday % 7, tm.tm_wday);
	}
	unsetenv("TZ");
	tzset();
}

/* The rule of PostgreSQL's documentation, appendix B.2: overlap to standard time, gap by the offset before. */
static void both_dst_hours(void **state)
{
	struct period_civil c;

	(void)state;
	assert_true(wall(2026, 10, 25, 1, 59, 59) == utc(2026, 10, 24, 23, 59, 59));
	assert_true(wall(2026, 10, 25, 2, 0, 0) == utc(2026, 10, 25, 1, 0, 0));
	assert_true(wall(2026, 10, 25, 2, 30, 0) == utc(2026, 10, 25, 1, 30, 0));
	assert_true(wall(2026, 10, 25, 2, 59, 59) == utc(2026, 10, 25, 1, 59, 59));
	assert_true(wall(2026, 10, 25, 3, 0, 0) == utc(2026, 10, 25, 2, 0, 0));
	assert_true(wall(2026, 3, 29, 1, 59, 59) == utc(2026, 3, 29, 0, 59, 59));
	assert_true(wall(2026, 3, 29, 2, 0, 0) == utc(2026, 3, 29, 1, 0, 0));
	assert_true(wall(2026, 3, 29, 2, 30, 0) == utc(2026, 3, 29, 1, 30, 0));
	assert_true(wall(2026, 3, 29, 3, 0, 0) == utc(2026, 3, 29, 1, 0, 0));
	period_local(zone, utc(2026, 10, 25, 0, 30, 0), &c); /* the earlier of the two */
	assert_int_equal(c.hour, 2);
	period_local(zone, utc(2026, 10, 25, 1, 30, 0), &c);
	assert_int_equal(c.hour, 2);
	period_local(zone, wall(2026, 3, 29, 2, 30, 0), &c);
	assert_int_equal(c.hour, 3);
}

static void outside_the_table(void **state)
{
	struct period_civil c;

	(void)state;
	period_local(zone, utc(1600, 2, 29, 12, 0, 0), &c);
	assert_int_equal(c.year, 1600);
	period_local(zone, utc(2400, 2, 29, 12, 0, 0), &c);
	assert_int_equal(c.day, 29);
	assert_true(period_utc_ms(zone, &c) == utc(2400, 2, 29, 12, 0, 0));
	period_local(zone, -1, &c);
	assert_int_equal(c.year, 1970);
	assert_int_equal(c.minute, 59);
	assert_int_equal(c.weekday, 4);
}

static void dates(void **state)
{
	struct period_civil c = {.year = 2028, .month = 2, .day = 29, .hour = 23, .minute = 59, .second = 59};

	(void)state;
	assert_int_equal(period_days(1970, 1, 1), 0);
	assert_int_equal(period_days(2000, 3, 1), 11017);
	assert_int_equal(period_days(1900, 1, 1), -25567);
	assert_true(period_valid(&c));
	c.year = 2026;
	assert_false(period_valid(&c));
	c.year = 2100;
	assert_false(period_valid(&c));
	c.year = 2000;
	assert_true(period_valid(&c));
	c.second = 60;
	assert_false(period_valid(&c));
	c = (struct period_civil){.year = 2026, .month = 4, .day = 31};
	assert_false(period_valid(&c));
	c.day = 0;
	assert_false(period_valid(&c));
	c = (struct period_civil){.year = 2026, .month = 13, .day = 1};
	assert_false(period_valid(&c));
}

static void parses(const char *text, int64_t want, bool day)
{
	struct err err = {0};
	int64_t got = 0;
	bool precision = !day;

	if (period_parse(zone, text, strlen(text), &got, &precision, &err))
		fail_msg("\"%s\": %s", text, err.text);
	if (got != want)
		fail_msg("\"%s\" is %lld, not %lld", text, (long long)got, (long long)want);
	assert_int_equal(precision, day);
}

static void parse_good(void **state)
{
	(void)state;
	parses("2026-06-05T09:41:21.123+02:00", utc(2026, 6, 5, 7, 41, 21) + 123, false);
	parses("2026-06-05 9:41:21 +02:00", utc(2026, 6, 5, 7, 41, 21), false);
	parses("2026-06-05T09:41:21+0200", utc(2026, 6, 5, 7, 41, 21), false);
	parses("2026-06-05t09:41:21z", utc(2026, 6, 5, 9, 41, 21), false);
	parses("2026-06-05T09:41:21.1234567Z", utc(2026, 6, 5, 9, 41, 21) + 123, false);
	parses("2026-06-05T09:41:21.9-11:30", utc(2026, 6, 5, 21, 11, 21) + 900, false);
	parses("2026-06-05", utc(2026, 6, 4, 22, 0, 0), true);
	parses("2026-01-05 09:41", utc(2026, 1, 5, 8, 41, 0), false);
	parses("2026-06-05 09:41:59", utc(2026, 6, 5, 7, 41, 59), false);
	parses("2026-10-25 02:30", utc(2026, 10, 25, 1, 30, 0), false);
	parses("1970-01-01", -HOUR_MS, true);
	parses("2099-12-31T23:59:59+01:00", utc(2099, 12, 31, 22, 59, 59), false);
}

static void parse_bad(void **state)
{
	static const char *const texts[] = {
		"",
		"2026",
		"2026-06",
		"2026-6-05",
		"2026-06-5",
		"26-06-05",
		"20260605",
		"2026-06-31",
		"2026-02-29",
		"2026-13-01",
		"2026-06-05T",
		"2026-06-05 ",
		" 2026-06-05",
		"2026-06-05 9",
		"2026-06-05 9:41",
		"2026-06-05T09:41",
		"2026-06-05T09:41:21",
		"2026-06-05 09:41 ",
		"2026-06-05 09:4",
		"2026-06-05 24:00",
		"2026-06-05 09:60",
		"2026-06-05T09:41:60Z",
		"2026-06-05T09:41:21.Z",
		"2026-06-05 09:41:21.5",
		"2026-06-05T09:41:21+02",
		"2026-06-05T09:41:21+2:00",
		"2026-06-05T09:41:21+24:00",
		"2026-06-05T09:41:21+02:60",
		"2026-06-05T09:41:21Z ",
		"2026-06-05T09:41:21ZZ",
		"2026-06-05T09:41:21  Z",
		"2026-06-05T09:41Z",
		"2026-06-05T009:41:21Z",
		"2026-06-05T-9:41:21Z",
		"2026/06/05",
		"1969-12-31",
		"2100-01-01",
		"0000-00-00",
		"2099-12-31T23:59:59Z",
		"-026-06-05",
		"2026-06-05T09:41:21,5Z",
		"9999-12-31T23:59:59Z",
	};
	struct err err;
	int64_t got = 7;
	bool day = false;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		err = (struct err){0};
		if (period_parse(zone, texts[i], strlen(texts[i]), &got, &day, &err) != -1)
			fail_msg("\"%s\" was taken for a time", texts[i]);
		assert_int_equal(err.reason, REASON_BAD_TIME);
		assert_true(got == 7);
	}
	assert_int_equal(period_parse(zone, "2026-06-05\0", 11, &got, &day, &err), -1);
	assert_int_equal(period_parse(zone, "2026-06-05T09:41:21Z", 19, &got, &day, &err), -1); /* ends before the Z */
}

/* Exact copies on the heap, so that the sanitizer sees any look beyond the end. */
static void parse_stays_inside(void **state)
{
	static const char whole[] = "2026-06-05T09:41:21.123 +02:00";
	size_t len;
	struct err err;
	int64_t got;
	bool day;

	(void)state;
	for (len = 0; len < sizeof(whole); len++) {
		char *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, whole, len);
		assert_int_equal(period_parse(zone, copy, len, &got, &day, &err), len == 10 || len == 30 ? 0 : -1);
		free(copy);
	}
}

static void wrong_zone_fails(void **state)
{
	static const char *const names[] = {
		"Europe/Stokholm",	     "", "/etc/localtime", "../zoneinfo/Europe/Stockholm", "Europe", "zone.tab",
		"Europe/../Europe/Stockholm"};
	struct period_zone *other = NULL;
	char big[400];
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(period_zone_open(&other, names[i], &err), -1);
		assert_int_equal(err.kind, ERR_CONFIG);
		assert_null(other);
	}
	memset(big, 'a', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(period_zone_open(&other, big, &err), -1);
	period_zone_close(NULL);
}

static void the_process_zone_is_left_alone(void **state)
{
	struct period_zone *other;
	struct err err;
	time_t t = 1780000000;
	struct tm tm;

	(void)state;
	setenv("TZ", "America/New_York", 1);
	assert_int_equal(period_zone_open(&other, "Asia/Kathmandu", &err), 0);
	assert_int_equal(period_offset_s(other, (int64_t)t * 1000), 5 * 3600 + 45 * 60);
	period_zone_close(other);
	assert_string_equal(getenv("TZ"), "America/New_York");
	localtime_r(&t, &tm);
	assert_int_equal(tm.tm_gmtoff, -4 * 3600);
	unsetenv("TZ");
	assert_int_equal(period_zone_open(&other, "UTC", &err), 0);
	assert_int_equal(period_offset_s(other, (int64_t)t * 1000), 0);
	period_zone_close(other);
	assert_null(getenv("TZ"));
}

/* A release is a year and a letter; a system without the file says so. */
static void tz_version(void **state)
{
	char version[PERIOD_TZ_VERSION_SIZE];
	FILE *f = fopen("/usr/share/zoneinfo/tzdata.zi", "r");

	(void)state;
	period_tz_version(version);
	if (!f) {
		assert_string_equal(version, "unknown");
		return;
	}
	fclose(f);
	assert_int_equal(strlen(version), 5);
	assert_int_equal(strspn(version, "0123456789"), 4);
	assert_true(version[4] >= 'a' && version[4] <= 'z');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_lengths),
		cmocka_unit_test(changes_of_the_clock),
		cmocka_unit_test(every_month_1960_to_2090),
		cmocka_unit_test(same_as_the_library),
		cmocka_unit_test(both_dst_hours),
		cmocka_unit_test(outside_the_table),
		cmocka_unit_test(dates),
		cmocka_unit_test(parse_good),
		cmocka_unit_test(parse_bad),
		cmocka_unit_test(parse_stays_inside),
		cmocka_unit_test(wrong_zone_fails),
		cmocka_unit_test(the_process_zone_is_left_alone),
		cmocka_unit_test(tz_version),
	};

	return cmocka_run_group_tests(tests, open_zone, close_zone);
}
