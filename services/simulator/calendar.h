/* calendar: what kind of day it is in Sweden, as far as it moves what is reported: weekends, evenings before holidays,
 * school breaks, pay days. */
#ifndef SIMULATOR_CALENDAR_H
#define SIMULATOR_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

struct calendar_day {
	int32_t year, month, day;
	int32_t weekday; /* ISO: 1 = Monday */
	bool holiday;	 /* a public holiday, or a Saturday or Sunday */
	bool eve;	 /* an evening when people gather: Valborg, Midsummer's and New Year's Eve, Halloween ... */
	bool school_free;
	bool payday;	  /* Friday or Saturday of the weekend after the 25th */
	double year_part; /* 0 on 1 January, 1 a year later */
};

/* The day that is `days` days after 1970-01-01. */
void calendar_day(int64_t days, struct calendar_day *out);

/* Days since 1970 of Easter Sunday (the Gregorian rule of Meeus, Jones and Butcher). */
int64_t calendar_easter(int32_t year);

/* ISO 8601 week of a day. */
int calendar_week(int64_t days);

#endif
