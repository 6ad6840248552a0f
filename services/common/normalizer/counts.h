/* counts: the row that a source sends instead of events: how many of a type there were in a month.
 *
 * Every feed but press may send it: period, kommun, omrade, the type, antal, uppdaterad (contracts: counts row). A row
 * of the same key replaces the one before. Small counts are withheld here already, so that they never stand in the log:
 * 0 is 0; below the pack's number, "<5" and null make the count absent and suppressed true. */
#ifndef LAGESBILD_COUNTS_H
#define LAGESBILD_COUNTS_H

#include "base/err.h"
#include "normalizer/source.h"

#define COUNTS_FIELDS_MAX 7
#define COUNTS_MAX 10000

/* The fields of a row of such a source, in the order that the functions below expect. How many. */
size_t counts_specs(const struct source_counts *counts, struct field_spec specs[COUNTS_FIELDS_MAX]);

/* Do these fields (of counts_specs) say that the message is a row: period or antal is there and not null. */
bool counts_is(const struct field *fields);

/* The row's own id, "period|kommun|omrade|type" (and "|anmalare"), what is missing being empty; none when a part is no
 * text or all are too long. Works on fields that nothing has checked yet. */
void counts_id(const struct source_counts *counts, const struct field *fields, struct source_event *event);

/* A map as in source.h, of fields that field_check has passed; strict sources refuse an `also` outside its list
 * (personal-data) where others do (bad-value). bad-time for a period that is no month or has not begun; missing-field
 * for an antal that is not there; bad-value for one that is neither a whole number 0..COUNTS_MAX nor null nor "<5". */
int counts_map(const struct source *source, const struct source_message *message, struct source_event *event,
	       struct incident *incident, struct err *err) MUST_CHECK;

/* Which kind the source has agreed to send about the event's month (delivery.csv): from the row's month on the row's
 * kind, before it the other. ERR_MESSAGE mixed-delivery when this is not it: a month must never hold both. */
int counts_agreed(const struct pack *pack, bool row, int64_t occurred_from, struct err *err) MUST_CHECK;

#endif
