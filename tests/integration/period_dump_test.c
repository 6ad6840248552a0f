/* What common/base/period says of Europe/Stockholm, as CSV for test_period.py to compare with PostgreSQL:
 *
 *	instant,<utc ms>,<local wall time>,<local month>	around every month boundary 1990-2060
 *	wall,<local wall time>,<utc ms>,			around both changes of clocks of every year, every ten
 *minutes
 */
#include "base/period.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_YEAR 1990
#define LAST_YEAR 2060

static struct period_zone *zone;

static void print_wall(const struct period_civil *c)
{
	printf("%04d-%02d-%02d %02d:%02d:%02d", c->year, c->month, c->day, c->hour, c->minute, c->second);
}

static void print_instant(int64_t utc_ms)
{
	int32_t month = period_month(zone, utc_ms);
	struct period_civil wall;

	period_local(zone, utc_ms, &wall);
	printf("instant,%" PRId64 ",", utc_ms);
	print_wall(&wall);
	printf(",%04d-%02d\n", 1970 + month / 12, month % 12 + 1);
}

static void print_boundaries(void)
{
	for (int32_t month = (FIRST_YEAR - 1970) * 12; month < (LAST_YEAR + 1 - 1970) * 12; month++)
		for (int64_t s = -1; s <= 1; s++)
			print_instant(period_month_start_ms(zone, month) + s * 1000);
}

/* Midnight to six on the last Sunday of a month, which in the years of the dump is when the clocks change; the last
 * week of September too, when they did until 1995. */
static void print_night(int32_t year, int32_t month)
{
	for (int32_t day = 24; day <= (month == 9 ? 30 : 31); day++) {
		struct period_civil wall = {.year = year, .month = month, .day = day};

		if ((period_days(year, month, day) + 4) % 7 != 0) /* 1970-01-01 was a Thursday */
			continue;
		for (int minutes = 0; minutes < 360; minutes += 10) {
			wall.hour = minutes / 60;
			wall.minute = minutes % 60;
			printf("wall,");
			print_wall(&wall);
			printf(",%" PRId64 ",\n", period_utc_ms(zone, &wall));
		}
	}
}

int main(void)
{
	struct err err = {0};

	if (period_zone_open(&zone, "Europe/Stockholm", &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	print_boundaries();
	for (int32_t year = FIRST_YEAR; year <= LAST_YEAR; year++) {
		print_night(year, 3);
		print_night(year, 9);
		print_night(year, 10);
	}
	period_zone_close(zone);
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
