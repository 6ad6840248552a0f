#include "map.h"

#include "normalizer/take.h"

enum {
	POLICE_ID,
	POLICE_TYPE,
	POLICE_FROM,
	POLICE_TO,
	POLICE_REPORTED,
	POLICE_TOWN,
	POLICE_PLACE,
	POLICE_STATUS,
	POLICE_UPDATED,
	POLICE_SUSPECT,
	POLICE_VICTIM,
	POLICE_REPORTER,
	POLICE_ADDRESS,
	POLICE_WORDS,
	POLICE_POINT,
	POLICE_FIELDS = POLICE_POINT + TAKE_POINT_FIELDS
};

static const struct field_spec police_fields[POLICE_FIELDS] = {
	[POLICE_ID] = {.path = "report_id", .required = true, .max = 64},
	[POLICE_TYPE] = {.path = "type", .required = true, .max = 128},
	[POLICE_FROM] = {.path = "occurred_from", .required = true, .type = FIELD_TEXT, .max = 64},
	[POLICE_TO] = {.path = "occurred_to", .type = FIELD_TEXT, .max = 64},
	[POLICE_REPORTED] = {.path = "reported_at", .required = true, .type = FIELD_TEXT, .max = 64},
	[POLICE_TOWN] = {.path = "kommun", .required = true, .type = FIELD_TEXT, .max = 64},
	[POLICE_PLACE] = {.path = "plats", .type = FIELD_TEXT, .max = 256},
	[POLICE_STATUS] = {.path = "status", .type = FIELD_TEXT, .max = 32},
	[POLICE_UPDATED] = {.path = "updated_at", .type = FIELD_TEXT, .max = 64},
	[POLICE_SUSPECT] = {.path = "suspect", .type = FIELD_PERSONAL},
	[POLICE_VICTIM] = {.path = "victim", .type = FIELD_PERSONAL},
	[POLICE_REPORTER] = {.path = "reporter", .type = FIELD_PERSONAL},
	[POLICE_ADDRESS] = {.path = "address", .type = FIELD_PERSONAL},
	[POLICE_WORDS] = {.path = "description", .type = FIELD_PERSONAL},
	TAKE_POINT_SPECS(POLICE_POINT),
};

static const char *const police_states[] = {"reported", "unfounded", NULL};

static int police_map(const struct source_message *m, struct source_event *event, struct incident *incident,
		      struct err *err)
{
	if (take_id(m, POLICE_ID, event, err) || take_type(m, POLICE_TYPE, NULL, event, err) ||
	    take_occurred(m, POLICE_FROM, POLICE_TO, incident, err) ||
	    take_time(m, POLICE_REPORTED, &incident->reported_at, err) ||
	    take_stamp(m, POLICE_REPORTED, &event->created_us, err) ||
	    take_stamp(m, POLICE_UPDATED, &event->updated_us, err) || take_point(m, POLICE_POINT, event, err))
		return -1;
	event->municipality = take_text(m, POLICE_TOWN);
	event->places[0] = take_text(m, POLICE_PLACE);
	incident->status = take_listed(m, POLICE_STATUS, police_states, event);
	incident->verified = take_word(m, POLICE_STATUS, police_states) == 1 ? VERIFIED_UNFOUNDED : VERIFIED_REPORTED;
	incident->countable = COUNTABLE_INCIDENT;
	incident->count = 1;
	return 0;
}

const struct source police_source = {
	.name = "police",
	.system = "polisanmalningar",
	.release = RELEASE_INTERNAL,
	.keeps_bytes = true,
	.counts = {.type = "typ"},
	.fields = police_fields,
	.field_count = POLICE_FIELDS,
	.map = police_map,
};
