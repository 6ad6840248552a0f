#include "normalizer/take.h"

#include "text/text.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const take_place_types[] = {"gata",	    "park",	"torg",		  "skola",   "butik",	  "resecentrum",
					"trapphus", "bostad",	"flerbostadshus", "smahus",  "parkering", "idrott",
					"vard",	    "industri", "natur",	  "anstalt", "annat",	  NULL};

static const struct field *take_field(const struct source_message *message, int field)
{
	return &message->fields[field];
}

static bool take_absent(const struct field *field)
{
	return field->type == FIELD_ABSENT || field->type == FIELD_NULL;
}

static int take_fail(const struct source_message *message, int field, enum err_reason reason, const char *what,
		     struct err *err)
{
	return err_message(err, reason, "The field %s %s.", message->specs[field].path, what);
}

int take_id(const struct source_message *message, int field, struct source_event *event, struct err *err)
{
	const struct field *f = take_field(message, field);

	if (f->type == FIELD_INT && f->number >= 0) {
		event->id_len = (size_t)snprintf(event->id, sizeof(event->id), "%" PRId64, f->number);
		return 0;
	}
	if (f->type != FIELD_TEXT || f->len == 0 || f->len > sizeof(event->id))
		return take_fail(message, field, REASON_BAD_VALUE,
				 "is no id: a text of 1 to 128 bytes, or a whole number", err);
	memcpy(event->id, f->text, f->len);
	event->id_len = f->len;
	return 0;
}

struct incident_text take_text(const struct source_message *message, int field)
{
	const struct field *f = take_field(message, field);

	return f->type == FIELD_TEXT ? (struct incident_text){f->text, f->len} : (struct incident_text){NULL, 0};
}

/* The field's own spelling, at the beginning of the event's room for types. 0 when it does not fit or is neither. */
static size_t take_spelling(const struct field *f, struct source_event *event)
{
	if (f->type == FIELD_INT)
		return (size_t)snprintf(event->type_bytes, sizeof(event->type_bytes), "%" PRId64, f->number);
	if (f->type != FIELD_TEXT || f->len > sizeof(event->type_bytes))
		return 0;
	memcpy(event->type_bytes, f->text, f->len);
	return f->len;
}

static int take_no_type(const struct source_message *message, int field, struct err *err)
{
	return take_fail(message, field, REASON_BAD_VALUE, "is no type: a text or a whole number", err);
}

/* "spelling|suffix", folded first: a blank before the bar would be an inner one. 0 when it is blank or does not fit. */
static size_t take_join(const struct source_event *event, size_t len, const char *suffix,
			char out[sizeof(event->type_bytes)])
{
	const size_t max = sizeof(event->type_bytes), more = strlen(suffix) + 1;
	long folded = text_fold(event->type_bytes, len, out, max);

	if (folded <= 0 || (size_t)folded + more > max)
		return 0;
	out[folded] = '|';
	memcpy(out + folded + 1, suffix, more - 1);
	return (size_t)folded + more;
}

int take_type(const struct source_message *message, int field, const char *suffix, struct source_event *event,
	      struct err *err)
{
	size_t len = take_spelling(take_field(message, field), event), joined;
	char both[sizeof(event->type_bytes)];

	if (len == 0)
		return take_no_type(message, field, err);
	joined = suffix ? take_join(event, len, suffix, both) : 0;
	if (joined && pack_type_find(message->pack, both, joined)) {
		memcpy(event->type_bytes, both, joined);
		len = joined;
	}
	event->type = (struct incident_text){event->type_bytes, len};
	return 0;
}

int take_type_joined(const struct source_message *message, int field, const char *suffix, struct source_event *event,
		     struct err *err)
{
	size_t len = take_spelling(take_field(message, field), event);
	char both[sizeof(event->type_bytes)];

	len = len ? take_join(event, len, suffix, both) : 0;
	if (len == 0)
		return take_no_type(message, field, err);
	memcpy(event->type_bytes, both, len);
	event->type = (struct incident_text){event->type_bytes, len};
	return 0;
}

int take_word(const struct source_message *message, int field, const char *const *words)
{
	const struct field *f = take_field(message, field);
	char folded[TEXT_FOLD_MAX];
	long len = f->type == FIELD_TEXT ? text_fold(f->text, f->len, folded, sizeof(folded)) : -1;

	for (int i = 0; len > 0 && words[i]; i++)
		if (strlen(words[i]) == (size_t)len && !memcmp(words[i], folded, (size_t)len))
			return i;
	return -1;
}

struct incident_text take_listed(const struct source_message *message, int field, const char *const *words,
				 struct source_event *event)
{
	int i = take_word(message, field, words);

	if (i >= 0)
		return (struct incident_text){words[i], strlen(words[i])};
	event->redactions += !take_absent(take_field(message, field));
	return (struct incident_text){NULL, 0};
}

struct incident_text take_unit(const struct source_message *message, int field, struct source_event *event)
{
	const struct field *f = take_field(message, field);
	const char *code = f->type == FIELD_TEXT ? pack_unit_find(message->pack, f->text, f->len) : NULL;

	if (code)
		return (struct incident_text){code, strlen(code)};
	event->redactions += !take_absent(f);
	return (struct incident_text){NULL, 0};
}

void take_rating(const struct source_message *message, int field, int64_t *out, struct source_event *event)
{
	const struct field *f = take_field(message, field);

	if (f->type == FIELD_INT && f->number >= 0 && f->number <= 4)
		*out = f->number;
	else
		event->redactions += !take_absent(f);
}

bool take_flag(const struct source_message *message, int field)
{
	static const char *const yes[] = {"ja", "true", "1", NULL};
	const struct field *f = take_field(message, field);

	if (f->type == FIELD_BOOL || f->type == FIELD_INT)
		return f->number == 1;
	return take_word(message, field, yes) >= 0;
}

static int take_parse(const struct source_message *message, int field, int64_t *ms, bool *day, struct err *err)
{
	const struct field *f = take_field(message, field);

	if (f->type != FIELD_TEXT ||
	    period_parse(pack_zone(message->pack), f->text, f->len, ms, day, &(struct err){0}) < 0)
		return take_fail(message, field, REASON_BAD_TIME,
				 "is no time: RFC 3339, or YYYY-MM-DD[ HH:MM[:SS]] of the years 1970 to 2099", err);
	return 0;
}

int take_time(const struct source_message *message, int field, int64_t *ms, struct err *err)
{
	bool day;

	return take_absent(take_field(message, field)) ? 0 : take_parse(message, field, ms, &day, err);
}

int take_stamp(const struct source_message *message, int field, int64_t *us, struct err *err)
{
	int64_t ms;
	bool day;

	if (take_absent(take_field(message, field)))
		return 0;
	if (take_parse(message, field, &ms, &day, err) < 0)
		return -1;
	*us = ms * 1000;
	return 0;
}

static int64_t take_end_of_day(const struct period_zone *zone, int64_t ms)
{
	struct period_civil wall;

	period_local(zone, ms, &wall);
	wall.hour = 23;
	wall.minute = wall.second = 59;
	return period_utc_ms(zone, &wall);
}

int take_occurred(const struct source_message *message, int from, int to, struct incident *incident, struct err *err)
{
	int64_t begin, end = INCIDENT_NULL;
	bool day = false, end_day = false;

	if (take_parse(message, from, &begin, &day, err) < 0)
		return -1;
	if (to >= 0 && !take_absent(take_field(message, to)) && take_parse(message, to, &end, &end_day, err) < 0)
		return -1;
	if (day && end_day && end == begin)
		end = INCIDENT_NULL;
	else if (end_day)
		end = take_end_of_day(pack_zone(message->pack), end);
	if (end != INCIDENT_NULL && end < begin)
		return take_fail(message, to, REASON_BAD_TIME, "lies before the time at which the event began", err);
	incident->occurred_from = begin;
	incident->time_precision = day ? PRECISION_DAY : PRECISION_MINUTE;
	if (end == INCIDENT_NULL || end == begin)
		return 0;
	incident->occurred_to = end;
	incident->time_precision = PRECISION_INTERVAL;
	return 0;
}

/* A number, or one as text: 1 taken, 0 absent, -1 neither. */
static int take_number(const struct field *f, double *out)
{
	char text[32], *end;

	if (take_absent(f))
		return 0;
	if (f->type == FIELD_INT || f->type == FIELD_REAL) {
		*out = f->real;
		return isfinite(*out) ? 1 : -1;
	}
	if (f->type != FIELD_TEXT || f->len == 0 || f->len >= sizeof(text))
		return -1;
	memcpy(text, f->text, f->len);
	text[f->len] = '\0';
	if (strspn(text, "-0123456789.") != f->len)
		return -1;
	*out = strtod(text, &end);
	return *end || !isfinite(*out) ? -1 : 1;
}

static int take_pair(const struct source_message *message, int first, double *a, double *b, struct err *err)
{
	int one = take_number(take_field(message, first), a), other = take_number(take_field(message, first + 1), b);

	if (one < 0 || other < 0)
		return take_fail(message, one < 0 ? first : first + 1, REASON_BAD_VALUE, "is no number", err);
	if (one != other)
		return take_fail(message, one ? first + 1 : first, REASON_BAD_VALUE, "is missing: half a point is none",
				 err);
	return one;
}

int take_point(const struct source_message *message, int first, struct source_event *event, struct err *err)
{
	const struct field *epsg = take_field(message, first + 4);
	double a, b;
	int taken = take_pair(message, first, &a, &b, err);

	if (taken < 0)
		return -1;
	if (taken) {
		event->lat = a;
		event->lon = b;
		return 0;
	}
	taken = take_pair(message, first + 2, &a, &b, err);
	if (taken <= 0)
		return taken;
	if (epsg->type != FIELD_INT)
		return take_fail(message, first + 4, REASON_BAD_VALUE, "must say which system n and e are in", err);
	event->north = a;
	event->east = b;
	event->epsg = epsg->number;
	return 0;
}
