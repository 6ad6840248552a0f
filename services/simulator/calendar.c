#include "calendar.h"

#include "base/period.h"
#include <stddef.h>

int64_t calendar_easter(int32_t year)
{
	int32_t a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25;
	int32_t g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4;
	int32_t l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;

	return period_days(year, n / 31, n % 31 + 1);
}

static int32_t weekday_of(int64_t days)
{
	return (int32_t)((days + 3) % 7) + 1; /* 1970-01-01 was a Thursday */
}

/* Year, month and day of a day number; from 1970 on. */
static void civil(int64_t days, struct calendar_day *out)
{
	out->year = 1970 + (int32_t)(days / 366);
	while (period_days(out->year + 1, 1, 1) <= days)
		out->year++;
	out->month = 12;
	while (period_days(out->year, out->month, 1) > days)
		out->month--;
	out->day = (int32_t)(days - period_days(out->year, out->month, 1)) + 1;
}

int calendar_week(int64_t days)
{
	struct calendar_day thursday;
	int64_t day = days - weekday_of(days) + 4; /* a week belongs to the year of its Thursday */

	civil(day, &thursday);
	return (int)((day - period_days(thursday.year, 1, 1)) / 7) + 1;
}

struct fixed {
	int32_t month, day;
};

static bool among(const struct calendar_day *d, const struct fixed *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (d->month == list[i].month && d->day == list[i].day)
			return true;
	return false;
}

static bool midsummer_eve(const struct calendar_day *d)
{
	return d->month == 6 && d->weekday == 5 && d->day >= 19 && d->day <= 25;
}

static bool is_holiday(const struct calendar_day *d, int64_t days)
{
	static const struct fixed list[] = {{1, 1}, {1, 6}, {5, 1}, {6, 6}, {12, 24}, {12, 25}, {12, 26}, {12, 31}};
	int64_t after = days - calendar_easter(d->year);

	return d->weekday >= 6 || among(d, list, sizeof list / sizeof *list) || after == -2 || after == 1 ||
	       after == 39 || midsummer_eve(d);
}

static bool is_eve(const struct calendar_day *d)
{
	static const struct fixed list[] = {{4, 30}, {12, 30}, {12, 31}, {12, 12}, {10, 31}};
	/* The week when the upper secondary schools end. */
	bool graduation = d->month == 6 && d->weekday >= 4 && d->weekday <= 5 && d->day >= 4 && d->day <= 10;

	return among(d, list, sizeof list / sizeof *list) || midsummer_eve(d) || graduation;
}

static bool is_school_free(const struct calendar_day *d, int64_t days)
{
	int week = calendar_week(days);
	int64_t after = days - calendar_easter(d->year);
	int32_t date = d->month * 100 + d->day;

	return week == 8 || week == 44 || (after >= 1 && after <= 7) || (date >= 612 && date <= 816) || date >= 1221 ||
	       date <= 107 || d->weekday >= 6;
}

void calendar_day(int64_t days, struct calendar_day *out)
{
	civil(days, out);
	out->weekday = weekday_of(days);
	out->holiday = is_holiday(out, days);
	out->eve = is_eve(out);
	out->school_free = is_school_free(out, days);
	out->payday = out->weekday >= 5 && out->weekday <= 6 && out->day >= 25;
	out->year_part = (double)(days - period_days(out->year, 1, 1)) / 365.25;
}
