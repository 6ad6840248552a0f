#include "base/period.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ZONEINFO "/usr/share/zoneinfo/"

enum {
	DAY_S = 86400,
	SCAN_STEP_S = 6 * 3600, /* no zone has changed twice within it */
	CHANGES_MAX = 1024,
	BUCKET_SHIFT = 22, /* 2^22 s = 48.5 days: about one change a bucket at most */
	YEAR_FIRST = 1900,
	YEAR_END = 2101,
	PARSE_YEAR_MIN = 1970,
	PARSE_YEAR_MAX = 2099,
};

struct period_zone {
	int64_t begin_s, end_s; /* what was scanned; outside it the nearest offset holds */
	size_t count;
	int64_t at_s[CHANGES_MAX];     /* at_s[0] = begin_s; each change's first second */
	int32_t offset_s[CHANGES_MAX]; /* in force from at_s[i] */
	uint16_t *bucket;	       /* the change in force at the bucket's first second: a lookup needs no search */
};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t period_days(int32_t year, int32_t month, int32_t day)
{
	/* Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil: years begin in March. */
	int64_t y = (int64_t)year - (month <= 2), era = floor_div(y, 400), of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The same paper's civil_from_days. */
static void civil_from_days(int64_t days, struct period_civil *out)
{
	int64_t z = days + 719468, era = floor_div(z, 146097), of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;

	out->day = (int32_t)(of_year - (153 * m + 2) / 5 + 1);
	out->month = (int32_t)(m < 10 ? m + 3 : m - 9);
	out->year = (int32_t)(y + era * 400 + (out->month <= 2));
	out->weekday = (int32_t)(days + 3 - floor_div(days + 3, 7) * 7 + 1);
}

bool period_valid(const struct period_civil *c)
{
	static const int8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = c->year % 4 == 0 && (c->year % 100 != 0 || c->year % 400 == 0);

	if (c->month < 1 || c->month > 12)
		return false;
	if (c->day < 1 || c->day > lengths[c->month - 1] + (c->month == 2 && leap))
		return false;
	return c->hour >= 0 && c->hour <= 23 && c->minute >= 0 && c->minute <= 59 && c->second >= 0 && c->second <= 59;
}

/* glibc takes a name it cannot find for UTC, so look for the file first; the name must not lead out of the folder. */
static int zone_path(const char *name, char *path, size_t size, struct err *err)
{
	char magic[4] = "";
	FILE *file;
	size_t got;
	int len = snprintf(path, size, ":" ZONEINFO "%s", name);

	if (!*name || name[0] == '/' || strstr(name, "..") || len < 0 || (size_t)len >= size)
		return err_set(err, ERR_CONFIG, "\"%.60s\" is no name of a time zone.", name);
	file = fopen(path + 1, "re");
	if (!file)
		return err_set(err, ERR_CONFIG, "There is no time zone \"%.60s\" below " ZONEINFO ".", name);
	got = fread(magic, 1, sizeof(magic), file);
	fclose(file);
	if (got != sizeof(magic) || memcmp(magic, "TZif", 4) != 0)
		return err_set(err, ERR_CONFIG, "The time zone \"%.60s\" below " ZONEINFO " is no tz file.", name);
	return 0;
}

static int32_t system_offset(int64_t utc_s)
{
	time_t t = utc_s;
	struct tm local;

	if (!localtime_r(&t, &local))
		return 0;
	return (int32_t)local.tm_gmtoff;
}

/* The first second of (low, high] with high's offset. */
static int64_t find_change(int64_t low, int64_t high, int32_t old)
{
	int64_t middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (system_offset(middle) == old)
			low = middle;
		else
			high = middle;
	}
	return high;
}

static int scan(struct period_zone *zone, const char *name, struct err *err)
{
	int64_t t;
	int32_t old, offset;

	zone->begin_s = period_days(YEAR_FIRST, 1, 1) * DAY_S;
	zone->end_s = period_days(YEAR_END, 1, 1) * DAY_S;
	zone->at_s[0] = zone->begin_s;
	zone->offset_s[0] = old = system_offset(zone->begin_s);
	zone->count = 1;
	for (t = zone->begin_s + SCAN_STEP_S; t <= zone->end_s; t += SCAN_STEP_S) {
		offset = system_offset(t);
		if (offset == old)
			continue;
		if (zone->count == CHANGES_MAX)
			return err_set(err, ERR_CONFIG, "The time zone \"%.60s\" changes too often.", name);
		zone->at_s[zone->count] = find_change(t - SCAN_STEP_S, t, old);
		zone->offset_s[zone->count++] = old = offset;
	}
	return 0;
}

static int index_buckets(struct period_zone *zone, struct err *err)
{
	size_t buckets = (size_t)((zone->end_s - zone->begin_s) >> BUCKET_SHIFT) + 1, i;
	uint16_t change = 0;

	zone->bucket = malloc(buckets * sizeof(*zone->bucket));
	if (!zone->bucket)
		return err_set(err, ERR_CONFIG, "There is no memory left for the time zone.");
	for (i = 0; i < buckets; i++) {
		while (change + 1u < zone->count &&
		       zone->at_s[change + 1] <= zone->begin_s + ((int64_t)i << BUCKET_SHIFT))
			change++;
		zone->bucket[i] = change;
	}
	return 0;
}

/* The zone read last, without its index. glibc takes some 40 ms for the 201 years, and a command that looks at every
 * source's reference data opens the same zone ten times. */
static struct {
	char path[256];
	struct period_zone zone;
} scanned;

static int scan_path(const char *path, const char *name, struct err *err)
{
	const char *tz = getenv("TZ");
	char *before = tz ? strdup(tz) : NULL;
	int result;

	if (tz && !before)
		return err_set(err, ERR_CONFIG, "There is no memory left for the time zone.");
	*scanned.path = 0;
	setenv("TZ", path, 1);
	tzset();
	result = scan(&scanned.zone, name, err);
	if (before)
		setenv("TZ", before, 1);
	else
		unsetenv("TZ");
	tzset();
	free(before);
	if (result == 0)
		snprintf(scanned.path, sizeof(scanned.path), "%s", path);
	return result;
}

int period_zone_open(struct period_zone **zone, const char *name, struct err *err)
{
	struct period_zone *z;
	char path[256];

	if (zone_path(name, path, sizeof(path), err) || (strcmp(scanned.path, path) != 0 && scan_path(path, name, err)))
		return -1;
	z = malloc(sizeof(*z));
	if (!z)
		return err_set(err, ERR_CONFIG, "There is no memory left for the time zone.");
	*z = scanned.zone;
	if (index_buckets(z, err)) {
		period_zone_close(z);
		return -1;
	}
	*zone = z;
	return 0;
}

void period_zone_close(struct period_zone *zone)
{
	if (!zone)
		return;
	free(zone->bucket);
	free(zone);
}

/* The change in force at an instant. */
static size_t change_at(const struct period_zone *zone, int64_t utc_s)
{
	size_t i;

	if (utc_s < zone->begin_s)
		return 0;
	if (utc_s >= zone->end_s)
		return zone->count - 1;
	i = zone->bucket[(utc_s - zone->begin_s) >> BUCKET_SHIFT];
	while (i + 1 < zone->count && zone->at_s[i + 1] <= utc_s)
		i++;
	return i;
}

int32_t period_offset_s(const struct period_zone *zone, int64_t utc_ms)
{
	return zone->offset_s[change_at(zone, floor_div(utc_ms, 1000))];
}

void period_local(const struct period_zone *zone, int64_t utc_ms, struct period_civil *out)
{
	int64_t utc_s = floor_div(utc_ms, 1000), local = utc_s + zone->offset_s[change_at(zone, utc_s)];
	int64_t days = floor_div(local, DAY_S);
	int32_t second = (int32_t)(local - days * DAY_S);

	civil_from_days(days, out);
	out->hour = second / 3600;
	out->minute = second / 60 % 60;
	out->second = second % 60;
}

/* DetermineTimeZoneOffset of PostgreSQL (src/backend/utils/adt/datetime.c): look at the first change after the day
 * before, read the wall time with the offset on either side, and take the side on which both readings lie. */
static int64_t resolve(const struct period_zone *zone, int64_t wall_s)
{
	size_t i = change_at(zone, wall_s - DAY_S);
	int64_t before = wall_s - zone->offset_s[i], after, change;

	if (i + 1 >= zone->count)
		return before;
	change = zone->at_s[i + 1];
	after = wall_s - zone->offset_s[i + 1];
	if (before < change && after < change)
		return before;
	if (before > change && after >= change)
		return after;
	/* In the gap (before reads later) the offset before the change, in the overlap the one after it. */
	return before > after ? before : after;
}

int64_t period_utc_ms(const struct period_zone *zone, const struct period_civil *wall)
{
	int64_t second = (int64_t)wall->hour * 3600 + (int64_t)wall->minute * 60 + wall->second;

	return resolve(zone, period_days(wall->year, wall->month, wall->day) * DAY_S + second) * 1000;
}

int32_t period_month(const struct period_zone *zone, int64_t utc_ms)
{
	struct period_civil c;

	period_local(zone, utc_ms, &c);
	return (c.year - 1970) * 12 + c.month - 1;
}

int64_t period_month_start_ms(const struct period_zone *zone, int32_t month)
{
	int32_t year = (int32_t)floor_div(month, 12);
	struct period_civil first = {.year = 1970 + year, .month = month - year * 12 + 1, .day = 1};

	return period_utc_ms(zone, &first);
}

/* A reader that walks over the text; every take_ leaves the place as it is when what it looks for is not there. */
struct reader {
	const char *p, *end;
};

static bool take_char(struct reader *r, const char *any)
{
	if (r->p == r->end || !*r->p || !strchr(any, *r->p))
		return false;
	r->p++;
	return true;
}

/* The digits at the place: at least min, at most max of them. */
static bool take_number(struct reader *r, int min, int max, int32_t *out)
{
	const char *p = r->p;
	int32_t value = 0;
	int n = 0;

	while (n < max && p < r->end && *p >= '0' && *p <= '9') {
		value = value * 10 + (*p++ - '0');
		n++;
	}
	if (n < min)
		return false;
	*out = value;
	r->p = p;
	return true;
}

static bool take_date(struct reader *r, struct period_civil *c)
{
	return take_number(r, 4, 4, &c->year) && take_char(r, "-") && take_number(r, 2, 2, &c->month) &&
	       take_char(r, "-") && take_number(r, 2, 2, &c->day);
}

/* Digits after the second's point, cut to milliseconds. */
static bool take_fraction(struct reader *r, int32_t *ms)
{
	int32_t digit, unit = 100;

	*ms = 0;
	if (!take_number(r, 1, 1, &digit))
		return false;
	do {
		*ms += digit * unit;
		unit /= 10;
	} while (take_number(r, 1, 1, &digit));
	return true;
}

static bool take_offset(struct reader *r, int32_t *offset_s)
{
	int32_t hours, minutes;
	bool west;

	take_char(r, " ");
	if (take_char(r, "Zz")) {
		*offset_s = 0;
		return true;
	}
	west = r->p < r->end && *r->p == '-';
	if (!take_char(r, "+-") || !take_number(r, 2, 2, &hours))
		return false;
	take_char(r, ":");
	if (!take_number(r, 2, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*offset_s = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return true;
}

/* What follows the date: "T9:41:21.123+02:00", or " 09:41" without an offset, which is a time of the zone. */
static bool take_time(struct reader *r, const struct period_zone *zone, struct period_civil *c, int64_t *utc_ms)
{
	const char *start = r->p;
	bool blank = *start == ' ', seconds, two_digits, fraction = false;
	int32_t ms = 0, offset_s = 0;

	if (!take_char(r, "Tt ") || !take_number(r, 1, 2, &c->hour))
		return false;
	two_digits = r->p - start == 3;
	if (!take_char(r, ":") || !take_number(r, 2, 2, &c->minute))
		return false;
	seconds = take_char(r, ":");
	if (seconds && !take_number(r, 2, 2, &c->second))
		return false;
	if (seconds && take_char(r, ".")) {
		fraction = true;
		if (!take_fraction(r, &ms))
			return false;
	}
	if (!period_valid(c))
		return false;
	if (r->p == r->end) {
		*utc_ms = period_utc_ms(zone, c);
		return blank && two_digits && !fraction;
	}
	if (!seconds || !take_offset(r, &offset_s) || r->p != r->end)
		return false;
	*utc_ms = (period_days(c->year, c->month, c->day) * DAY_S + c->hour * 3600 + c->minute * 60 + c->second -
		   offset_s) *
			  1000 +
		  ms;
	return true;
}

int period_parse(const struct period_zone *zone, const char *text, size_t len, int64_t *utc_ms, bool *precision_day,
		 struct err *err)
{
	struct reader r = {text, text + len};
	struct period_civil c = {0};
	int64_t result;
	int32_t month;
	bool day;

	if (!take_date(&r, &c) || !period_valid(&c))
		return err_message(err, REASON_BAD_TIME, "The time does not begin with a date such as 2026-06-05.");
	day = r.p == r.end;
	if (day)
		result = period_utc_ms(zone, &c);
	else if (!take_time(&r, zone, &c, &result))
		return err_message(err, REASON_BAD_TIME,
				   "The time is neither RFC 3339 nor a date with HH:MM or HH:MM:SS.");
	month = period_month(zone, result);
	if (c.year < PARSE_YEAR_MIN || c.year > PARSE_YEAR_MAX || month < 0 || month >= (PARSE_YEAR_MAX - 1969) * 12)
		return err_message(err, REASON_BAD_TIME, "The time is not in the years 1970 to 2099.");
	*utc_ms = result;
	*precision_day = day;
	return 0;
}

void period_tz_version(char out[PERIOD_TZ_VERSION_SIZE])
{
	static const char head[] = "# version ";
	char line[64] = "";
	FILE *f = fopen(ZONEINFO "tzdata.zi", "r");

	snprintf(out, PERIOD_TZ_VERSION_SIZE, "unknown");
	if (!f)
		return;
	if (fgets(line, sizeof line, f) && strncmp(line, head, sizeof head - 1) == 0) {
		line[strcspn(line, "\r\n")] = 0;
		snprintf(out, PERIOD_TZ_VERSION_SIZE, "%.*s", PERIOD_TZ_VERSION_SIZE - 1, line + sizeof head - 1);
	}
	fclose(f);
}
