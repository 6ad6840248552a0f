#include "normalizer/counts.h"

#include "normalizer/take.h"
#include <string.h>

#define COUNTS_AHEAD_MS (24 * INT64_C(3600000))
#define COUNTS_SMALL 5 /* of strict sources: the pack may ask for more, never for less */

enum { COUNTS_PERIOD, COUNTS_KOMMUN, COUNTS_OMRADE, COUNTS_TYPE, COUNTS_ANTAL, COUNTS_UPDATED, COUNTS_ALSO };

size_t counts_specs(const struct source_counts *counts, struct field_spec specs[COUNTS_FIELDS_MAX])
{
	specs[COUNTS_PERIOD] = (struct field_spec){"period", true, FIELD_TEXT, 32};
	specs[COUNTS_KOMMUN] = (struct field_spec){"kommun", true, FIELD_TEXT, 64};
	specs[COUNTS_OMRADE] = (struct field_spec){"omrade", false, FIELD_TEXT, 64};
	specs[COUNTS_TYPE] = (struct field_spec){counts->type, true, FIELD_TEXT, 64};
	specs[COUNTS_ANTAL] = (struct field_spec){"antal", false, FIELD_ABSENT, 16};
	specs[COUNTS_UPDATED] = (struct field_spec){"uppdaterad", false, FIELD_TEXT, 64};
	if (!counts->also)
		return COUNTS_ALSO;
	specs[COUNTS_ALSO] = (struct field_spec){counts->also, false, FIELD_TEXT, 64};
	return COUNTS_ALSO + 1;
}

static bool counts_there(const struct field *field)
{
	return field->type != FIELD_ABSENT && field->type != FIELD_NULL;
}

bool counts_is(const struct field *fields)
{
	return counts_there(&fields[COUNTS_PERIOD]) || counts_there(&fields[COUNTS_ANTAL]);
}

/* Add a part behind a bar. False: it is no text, or does not fit. */
static bool counts_part(const struct field *field, bool first, struct source_event *event)
{
	size_t len = counts_there(field) ? field->len : 0;

	if ((counts_there(field) && field->type != FIELD_TEXT) || event->id_len + len + !first > sizeof(event->id))
		return false;
	if (!first)
		event->id[event->id_len++] = '|';
	if (len)
		memcpy(event->id + event->id_len, field->text, len);
	event->id_len += len;
	return true;
}

void counts_id(const struct source_counts *counts, const struct field *fields, struct source_event *event)
{
	event->id_len = 0;
	if (!counts_part(&fields[COUNTS_PERIOD], true, event) || !counts_part(&fields[COUNTS_KOMMUN], false, event) ||
	    !counts_part(&fields[COUNTS_OMRADE], false, event) || !counts_part(&fields[COUNTS_TYPE], false, event) ||
	    (counts->also && !counts_part(&fields[COUNTS_ALSO], false, event)))
		event->id_len = 0;
}

/* "2026-05", nothing else. */
static bool counts_month(const struct field *field, int32_t *month)
{
	const char *t = field->text;
	int year = 0;

	if (field->len != 7 || t[4] != '-')
		return false;
	for (int i = 0; i < 7; i++)
		if (i != 4 && (t[i] < '0' || t[i] > '9'))
			return false;
	for (int i = 0; i < 4; i++)
		year = year * 10 + (t[i] - '0');
	*month = (t[5] - '0') * 10 + (t[6] - '0');
	if (year < 1970 || year > 2099 || *month < 1 || *month > 12)
		return false;
	*month += (year - 1970) * 12 - 1;
	return true;
}

static int counts_time(const struct source_message *message, struct incident *incident, struct err *err)
{
	int32_t month;
	int64_t start;

	if (!counts_month(&message->fields[COUNTS_PERIOD], &month))
		return err_message(err, REASON_BAD_TIME, "The field period is no month such as 2026-05.");
	start = period_month_start_ms(pack_zone(message->pack), month);
	if (start > message->received_ms + COUNTS_AHEAD_MS)
		return err_message(err, REASON_BAD_TIME, "The field period is a month that has not begun.");
	incident->occurred_from = start;
	incident->time_precision = PRECISION_MONTH;
	return 0;
}

static int counts_number(const struct field *antal, int small, struct incident *incident, struct err *err)
{
	bool withheld =
		!counts_there(antal) || (antal->type == FIELD_TEXT && antal->len == 2 && !memcmp(antal->text, "<5", 2));

	/* Null says that the sender withholds it; a field that is not there says nothing. */
	if (antal->type == FIELD_ABSENT)
		return err_message(err, REASON_MISSING_FIELD, "The field antal is missing.");
	if (!withheld && (antal->type != FIELD_INT || antal->number < 0 || antal->number > COUNTS_MAX))
		return err_message(err, REASON_BAD_VALUE,
				   "The field antal must be a whole number from 0 to %d, null or \"<5\".", COUNTS_MAX);
	incident->suppressed = withheld || (antal->number > 0 && antal->number < small);
	if (!incident->suppressed)
		incident->count = antal->number;
	return 0;
}

static int counts_also(const struct source *source, const struct source_message *message, struct err *err)
{
	const struct source_counts *counts = &source->counts;
	const struct field *also = counts->also ? &message->fields[COUNTS_ALSO] : NULL;
	bool empty = also && also->type == FIELD_TEXT && also->len == 0; /* missing, as in the key */

	if (!also || empty || !counts_there(also) || take_word(message, COUNTS_ALSO, counts->also_words) >= 0)
		return 0;
	return err_message(err, source->strict ? REASON_PERSONAL_DATA : REASON_BAD_VALUE,
			   "The field %s is none of the values agreed.", counts->also);
}

int counts_map(const struct source *source, const struct source_message *message, struct source_event *event,
	       struct incident *incident, struct err *err)
{
	const struct pack_delivery *delivery = pack_delivery(message->pack);
	int small = delivery->small_count;

	if (source->strict && small < COUNTS_SMALL)
		small = COUNTS_SMALL;
	if (event->id_len == 0)
		return err_message(err, REASON_BAD_VALUE, "The row's key is longer than %zu bytes.", sizeof(event->id));
	if (counts_also(source, message, err) || counts_time(message, incident, err) ||
	    counts_number(&message->fields[COUNTS_ANTAL], small, incident, err) ||
	    take_stamp(message, COUNTS_UPDATED, &event->updated_us, err))
		return -1;
	event->type = take_text(message, COUNTS_TYPE);
	event->municipality = take_text(message, COUNTS_KOMMUN);
	event->places[0] = take_text(message, COUNTS_OMRADE);
	incident->countable = COUNTABLE_INCIDENT;
	return 0;
}

int counts_agreed(const struct pack *pack, bool row, int64_t occurred_from, struct err *err)
{
	const struct pack_delivery *delivery = pack_delivery(pack);
	bool after = period_month(pack_zone(pack), occurred_from) >= delivery->from_month;

	if (row == (after ? delivery->counts : !delivery->counts))
		return 0;
	return err_message(err, REASON_MIXED_DELIVERY, "The source has agreed to send %s about that month, not %s.",
			   row ? "events" : "counts rows", row ? "counts rows" : "events");
}
