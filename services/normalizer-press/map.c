#include "map.h"

#include "base/period.h"
#include "text/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRESS_HALF_YEAR_MS (180 * INT64_C(86400000))
#define PRESS_ID_DIGITS 9

enum { PRESS_ID, PRESS_DATETIME, PRESS_NAME, PRESS_TYPE, PRESS_LOCATION, PRESS_FIELDS };

static const struct field_spec press_fields[PRESS_FIELDS] = {
	[PRESS_ID] = {.path = "id", .required = true},
	[PRESS_DATETIME] = {.path = "datetime", .required = true, .type = FIELD_TEXT, .max = 64},
	[PRESS_NAME] = {.path = "name", .type = FIELD_TEXT},
	[PRESS_TYPE] = {.path = "type", .required = true, .type = FIELD_TEXT, .max = 256},
	[PRESS_LOCATION] = {.path = "location.name", .required = true, .type = FIELD_TEXT, .max = 256},
};

static const char *const press_months[12] = {"januari", "februari", "mars",	 "april",   "maj",	"juni",
					     "juli",	"augusti",  "september", "oktober", "november", "december"};

static bool press_is_id(const char *digits, size_t len)
{
	if (len == 0 || len > PRESS_ID_DIGITS || (digits[0] == '0' && len > 1))
		return false;
	for (size_t i = 0; i < len; i++)
		if (digits[i] < '0' || digits[i] > '9')
			return false;
	return true;
}

/* A number on the wire; digits as text are taken too, because clients of the API have been seen to quote it. This id
 * leaves as it is (the source is public): what is long enough for an identity number, or begins as a telephone number
 * does, is none. */
static int press_id(const struct field *field, struct source_event *event, struct err *err)
{
	const char *text = field->text;
	size_t len = field->type == FIELD_TEXT ? field->len : 0;
	char digits[24];

	if (field->type == FIELD_INT) {
		len = (size_t)snprintf(digits, sizeof(digits), "%" PRId64, field->number);
		text = digits;
	}
	if (!press_is_id(text, len))
		return err_message(err, REASON_BAD_VALUE, "Field id is no whole number of at most %d digits.",
				   PRESS_ID_DIGITS);
	memcpy(event->id, text, len);
	event->id_len = len;
	return 0;
}

/* Any ASCII character that is no blank settles it; the slow way is for texts without one. */
static bool press_blank(const struct field *field)
{
	char folded[TEXT_FOLD_MAX];

	for (size_t i = 0; i < field->len; i++)
		if (field->text[i] > ' ' && field->text[i] < 0x7f)
			return false;
	return text_fold(field->text, field->len, folded, sizeof(folded)) == 0;
}

/* One or two digits at *at. -1 when there is none. */
static int press_digits(const char **at, const char *end)
{
	int number = -1;

	for (int i = 0; i < 2 && *at < end && **at >= '0' && **at <= '9'; i++, (*at)++)
		number = (number < 0 ? 0 : number * 10) + (**at - '0');
	return number;
}

static int press_month(const char **at, const char *end)
{
	for (int i = 0; i < 12; i++) {
		size_t len = strlen(press_months[i]);

		if ((size_t)(end - *at) >= len && !memcmp(*at, press_months[i], len)) {
			*at += len;
			return i + 1;
		}
	}
	return -1;
}

static bool press_char(const char **at, const char *end, const char *set)
{
	if (*at == end || !strchr(set, **at))
		return false;
	(*at)++;
	return true;
}

/* "26 maj 17.40" to day, month, hour and minute of wall. The head is folded first, so blanks and
 * case do not matter. */
static bool press_head(const char *head, size_t len, struct period_civil *wall)
{
	char folded[64];
	long folded_len = len > 48 ? -1 : text_fold(head, len, folded, sizeof(folded));
	const char *at = folded, *end, *minute;

	if (folded_len <= 0)
		return false;
	end = folded + folded_len;
	wall->day = press_digits(&at, end);
	if (!press_char(&at, end, " "))
		return false;
	wall->month = press_month(&at, end);
	if (!press_char(&at, end, " "))
		return false;
	wall->hour = press_digits(&at, end);
	if (!press_char(&at, end, ".:"))
		return false;
	minute = at;
	wall->minute = press_digits(&at, end);
	return at == end && at - minute == 2;
}

/* The name has no year: the one that puts the event nearest to its publication. Within half a year
 * of it, the year of publication itself cannot be beaten by its neighbours. */
static int press_nearest(const struct period_zone *zone, struct period_civil wall, int64_t published, int64_t *out)
{
	static const int32_t years[] = {0, -1, 1};
	struct period_civil now;
	int64_t best = INT64_MAX;

	period_local(zone, published, &now);
	for (int i = 0; i < 3 && best > PRESS_HALF_YEAR_MS; i++) {
		int64_t time;

		wall.year = now.year + years[i];
		if (!period_valid(&wall)) /* 29 February, mostly */
			continue;
		time = period_utc_ms(zone, &wall);
		if (llabs(time - published) < best) {
			best = llabs(time - published);
			*out = time;
		}
	}
	return best == INT64_MAX ? -1 : 0;
}

static int press_time(const struct source_message *message, struct incident *incident, struct err *err)
{
	const struct field *name = &message->fields[PRESS_NAME], *datetime = &message->fields[PRESS_DATETIME];
	const struct period_zone *zone = pack_zone(message->pack);
	struct period_civil wall = {0};
	struct err why = {0};
	const char *comma;
	bool day_only = false;

	if (period_parse(zone, datetime->text, datetime->len, &incident->published_at, &day_only, &why) || day_only)
		return err_message(err, REASON_BAD_TIME, "Field datetime is no time of publication.");
	if (name->type != FIELD_TEXT)
		return err_message(err, REASON_BAD_TIME,
				   "Field name is absent, so the time of the event is not known.");
	comma = memmem(name->text, name->len, ", ", 2);
	if (!press_head(name->text, comma ? (size_t)(comma - name->text) : name->len, &wall))
		return err_message(err, REASON_BAD_TIME, "Field name does not begin with a day, a month and a time.");
	if (press_nearest(zone, wall, incident->published_at, &incident->occurred_from) < 0)
		return err_message(err, REASON_BAD_TIME, "Field name begins with a day or time that does not exist.");
	incident->time_precision = PRECISION_MINUTE;
	return 0;
}

/* Behind the last ", "; empty when there is none. */
static struct incident_text press_suffix(const struct field *name)
{
	for (size_t i = name->len; i >= 2; i--)
		if (name->text[i - 2] == ',' && name->text[i - 1] == ' ')
			return (struct incident_text){name->text + i, name->len - i};
	return (struct incident_text){NULL, 0};
}

static int press_map(const struct source_message *message, struct source_event *event, struct incident *incident,
		     struct err *err)
{
	const struct field *fields = message->fields, *type = &fields[PRESS_TYPE], *location = &fields[PRESS_LOCATION];

	if (press_id(&fields[PRESS_ID], event, err) < 0)
		return -1;
	if (press_blank(type) || press_blank(location))
		return err_message(err, REASON_MISSING_FIELD, "Field %s is blank.",
				   press_blank(type) ? "type" : "location.name");
	if (press_time(message, incident, err) < 0)
		return -1;
	event->type = (struct incident_text){type->text, type->len};
	event->places[0] = press_suffix(&fields[PRESS_NAME]);
	event->places[1] = (struct incident_text){location->text, location->len};
	incident->countable = COUNTABLE_INCIDENT;
	incident->count = 1;
	incident->verified = VERIFIED_REPORTED;
	return 0;
}

const struct source press_source = {
	.name = "press",
	.system = "polisen.se",
	.release = RELEASE_PUBLIC,
	.keeps_bytes = true,
	.fields = press_fields,
	.field_count = PRESS_FIELDS,
	.map = press_map,
};
