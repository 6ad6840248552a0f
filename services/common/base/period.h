/* period: calendar months and wall time in the municipality's own zone.
 *
 * A zone is read once from the system's tz database (glibc) into a table of its UTC offset changes 1900-2100;
 * afterwards no call depends on TZ, locale or the process's zone. Instants are int64_t milliseconds since
 * 1970-01-01T00:00Z; months are int32_t counts since 1970-01 (0 = January 1970; 2026-03 = 674). Ambiguous and
 * missing wall times are resolved as PostgreSQL does (documentation, appendix B.2): the autumn overlap takes the
 * later, standard-time reading; a time inside the spring gap takes the offset before the change. */
#ifndef LAGESBILD_PERIOD_H
#define LAGESBILD_PERIOD_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct period_zone; /* opaque, immutable once open */

struct period_civil {
	int32_t year, month, day; /* 1..12, 1..31 */
	int32_t hour, minute, second;
	int32_t weekday; /* ISO: 1 = Monday .. 7 = Sunday */
};

/* Read a zone by its name below /usr/share/zoneinfo ("Europe/Stockholm"); ERR_CONFIG when there is none of that name.
 * Not thread-safe: TZ is set while reading and put back afterwards, so open zones before starting threads. */
int period_zone_open(struct period_zone **zone, const char *name, struct err *err) MUST_CHECK;
void period_zone_close(struct period_zone *zone);

int32_t period_offset_s(const struct period_zone *zone, int64_t utc_ms); /* local minus UTC */
void period_local(const struct period_zone *zone, int64_t utc_ms, struct period_civil *out);
int64_t period_utc_ms(const struct period_zone *zone, const struct period_civil *wall); /* weekday ignored */

/* The local month an instant lies in, and the instant at which a month begins (local midnight of its first day). */
int32_t period_month(const struct period_zone *zone, int64_t utc_ms);
int64_t period_month_start_ms(const struct period_zone *zone, int32_t month);

/* The release of the system's tz database, such as "2025b", or "unknown" where the system does not say. Terminated; a
 * zone that was opened before an upgrade keeps the older one's content. */
#define PERIOD_TZ_VERSION_SIZE 16
void period_tz_version(char out[PERIOD_TZ_VERSION_SIZE]);

/* Days since 1970-01-01 of a proleptic Gregorian date, and whether the three numbers are one. */
int64_t period_days(int32_t year, int32_t month, int32_t day);
bool period_valid(const struct period_civil *c); /* ranges, days of month; second <= 59 */

/* Parse RFC 3339 ("2026-06-05T09:41:21.123+02:00", also a blank for T, an hour of one digit, a blank before the
 * offset, offset "+0200", or Z), or "YYYY-MM-DD[ HH:MM[:SS]]" in the zone. *precision_day becomes true for a date
 * alone. Years 1970-2099 only. Returns -1 with REASON_BAD_TIME for anything else (text is len bytes, not
 * terminated). */
int period_parse(const struct period_zone *zone, const char *text, size_t len, int64_t *utc_ms, bool *precision_day,
		 struct err *err) MUST_CHECK;

#endif
