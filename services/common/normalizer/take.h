/* take: what the map of a source takes out of a message's fields: the common forms, so that a map says only what is
 * the source's own.
 *
 * Each takes the message and a field's number in the source's table. The engine has run field_check before: required
 * fields are there, types and lengths are right. An optional field that is absent or null leaves the output untouched.
 * Failures are ERR_MESSAGE and name the field's path, never its content. */
#ifndef LAGESBILD_TAKE_H
#define LAGESBILD_TAKE_H

#include "base/err.h"
#include "normalizer/source.h"

/* The five fields of a point, to stand in a source's table from number `at` on, for take_point. */
#define TAKE_POINT_FIELDS 5
#define TAKE_POINT_SPECS(at)                                                                                           \
	[(at)] = {.path = "lat"}, [(at) + 1] = {.path = "long"}, [(at) + 2] = {.path = "n"},                           \
	[(at) + 3] = {.path = "e"}, [(at) + 4] = {.path = "epsg", .type = FIELD_INT}

/* The agency's own id: a text, or a whole number as decimal text. bad-value. Call it first: a reject needs the id. */
int take_id(const struct source_message *message, int field, struct source_event *event, struct err *err) MUST_CHECK;

/* The text as it is, a view; NULL where absent or no text. For names to look up (event->places, event->municipality)
 * and nothing else: what a person wrote must not leave. */
struct incident_text take_text(const struct source_message *message, int field);

/* event->type: the field (a text or whole number), or "field|suffix" where the mapping has a row of that.
 * suffix NULL: none. bad-value. */
int take_type(const struct source_message *message, int field, const char *suffix, struct source_event *event,
	      struct err *err) MUST_CHECK;

/* The same, always "field|suffix": for a source all of whose types have one, so that a row that the mapping gets later
 * finds the unknown ones. bad-value, also for a blank field. */
int take_type_joined(const struct source_message *message, int field, const char *suffix, struct source_event *event,
		     struct err *err) MUST_CHECK;

/* Which of the words (lower case, NULL at the end) the field is, blanks and case aside: from 0; -1: absent or none of
 * them. */
int take_word(const struct source_message *message, int field, const char *const *words);

/* That word itself, to leave with the incident; anything else is dropped and counted in event->redactions. */
struct incident_text take_listed(const struct source_message *message, int field, const char *const *words,
				 struct source_event *event);

/* Kinds of place, for take_listed into incident->place_type. */
extern const char *const take_place_types[];

/* The unit's code in the pack's units.csv; anything else is dropped and counted. */
struct incident_text take_unit(const struct source_message *message, int field, struct source_event *event);

/* A whole number 0..4 (incident->perceived_unsafety); anything else is dropped and counted. */
void take_rating(const struct source_message *message, int field, int64_t *out, struct source_event *event);

/* true, 1, "ja", "true", "1". Absent and all else: false. */
bool take_flag(const struct source_message *message, int field);

/* A time (base/period.h) as milliseconds: reported_at and the like. A date alone is its local midnight. bad-time. */
int take_time(const struct source_message *message, int field, int64_t *ms, struct err *err) MUST_CHECK;

/* The same as microseconds: event->updated_us, event->created_us. */
int take_stamp(const struct source_message *message, int field, int64_t *us, struct err *err) MUST_CHECK;

/* occurred_from, occurred_to and time_precision: minute; day for a date alone; interval when `to` (-1: no such field)
 * is later than `from`, a date alone meaning the end of that day. bad-time, also when `to` lies before `from`. */
int take_occurred(const struct source_message *message, int from, int to, struct incident *incident,
		  struct err *err) MUST_CHECK;

/* lat and long (numbers, or digits as text), else n, e and epsg, into event. The engine projects, checks that it lies
 * in or near the county, and keeps only the area unless the source is public. bad-value for half a point. */
int take_point(const struct source_message *message, int first, struct source_event *event, struct err *err) MUST_CHECK;

#endif
