#include "map.h"

#include "normalizer/take.h"

enum {
	RESCUE_ID,
	RESCUE_KIND,
	RESCUE_TYPE,
	RESCUE_ALARM,
	RESCUE_TOWN,
	RESCUE_PLACE,
	RESCUE_PLACE_TYPE,
	RESCUE_SET,
	RESCUE_UPDATED,
	RESCUE_REPORTER,
	RESCUE_CALLER,
	RESCUE_ADDRESS,
	RESCUE_WORDS,
	RESCUE_POINT,
	RESCUE_FIELDS = RESCUE_POINT + TAKE_POINT_FIELDS
};

static const struct field_spec rescue_fields[RESCUE_FIELDS] = {
	[RESCUE_ID] = {.path = "larmnummer", .required = true, .max = 64},
	[RESCUE_KIND] = {.path = "insatstyp", .required = true, .type = FIELD_TEXT, .max = 32},
	[RESCUE_TYPE] = {.path = "handelsetyp_id", .required = true, .max = 64},
	[RESCUE_ALARM] = {.path = "larm_tid", .required = true, .type = FIELD_TEXT, .max = 64},
	[RESCUE_TOWN] = {.path = "kommun", .required = true, .type = FIELD_TEXT, .max = 64},
	[RESCUE_PLACE] = {.path = "plats", .type = FIELD_TEXT, .max = 256},
	[RESCUE_PLACE_TYPE] = {.path = "plats_typ", .type = FIELD_TEXT, .max = 64},
	[RESCUE_SET] = {.path = "anlagd", .type = FIELD_TEXT, .max = 32},
	[RESCUE_UPDATED] = {.path = "uppdaterad", .type = FIELD_TEXT, .max = 64},
	[RESCUE_REPORTER] = {.path = "rapportforfattare", .type = FIELD_PERSONAL},
	[RESCUE_CALLER] = {.path = "inringare", .type = FIELD_PERSONAL},
	[RESCUE_ADDRESS] = {.path = "adress", .type = FIELD_PERSONAL},
	[RESCUE_WORDS] = {.path = "beskrivning", .type = FIELD_PERSONAL},
	TAKE_POINT_SPECS(RESCUE_POINT),
};

/* In this order: only the first is the incident itself. */
static const char *const rescue_kinds[] = {"forsta", "forstarkning", "befal", NULL};
static const char *const rescue_set[] = {"misstankt", NULL};

static int rescue_map(const struct source_message *m, struct source_event *event, struct incident *incident,
		      struct err *err)
{
	const char *suffix = take_word(m, RESCUE_SET, rescue_set) == 0 ? "misstankt" : NULL;
	int kind;

	if (take_id(m, RESCUE_ID, event, err) || take_type(m, RESCUE_TYPE, suffix, event, err) ||
	    take_occurred(m, RESCUE_ALARM, -1, incident, err) || take_stamp(m, RESCUE_ALARM, &event->created_us, err) ||
	    take_stamp(m, RESCUE_UPDATED, &event->updated_us, err) || take_point(m, RESCUE_POINT, event, err))
		return -1;
	kind = take_word(m, RESCUE_KIND, rescue_kinds);
	if (kind < 0)
		return err_message(err, REASON_BAD_VALUE,
				   "The field insatstyp is none of forsta, forstarkning, befal.");
	event->municipality = take_text(m, RESCUE_TOWN);
	event->places[0] = take_text(m, RESCUE_PLACE);
	incident->place_type = take_listed(m, RESCUE_PLACE_TYPE, take_place_types, event);
	incident->countable = kind == 0 ? COUNTABLE_INCIDENT : COUNTABLE_ACTIVITY;
	incident->count = 1;
	incident->verified = VERIFIED_VERIFIED;
	return 0;
}

const struct source rescue_source = {
	.name = "rescue",
	.system = "raddningstjanst",
	.release = RELEASE_INTERNAL,
	.keeps_bytes = true,
	.counts = {.type = "typ"},
	.fields = rescue_fields,
	.field_count = RESCUE_FIELDS,
	.map = rescue_map,
};
