#include "map.h"

#include "normalizer/take.h"

#include <string.h>

enum {
	STAFF_ID,
	STAFF_TYPE,
	STAFF_PLACE,
	STAFF_WHEN,
	STAFF_UNSAFETY,
	STAFF_UNIT,
	STAFF_UPDATED,
	STAFF_REPORTER,
	STAFF_PERSONS,
	STAFF_WORDS,
	STAFF_FIELDS
};

static const struct field_spec staff_fields[STAFF_FIELDS] = {
	[STAFF_ID] = {.path = "rapport_id", .required = true, .max = 64},
	[STAFF_TYPE] = {.path = "handelse", .required = true, .type = FIELD_TEXT, .max = 128},
	[STAFF_PLACE] = {.path = "plats", .required = true, .type = FIELD_TEXT, .max = 256},
	[STAFF_WHEN] = {.path = "nar", .required = true, .type = FIELD_TEXT, .max = 64},
	[STAFF_UNSAFETY] = {.path = "otrygghet"},
	[STAFF_UNIT] = {.path = "enhet", .required = true, .type = FIELD_TEXT, .max = 64},
	[STAFF_UPDATED] = {.path = "uppdaterad", .type = FIELD_TEXT, .max = 64},
	[STAFF_REPORTER] = {.path = "rapportor", .type = FIELD_PERSONAL},
	[STAFF_PERSONS] = {.path = "personer", .type = FIELD_PERSONAL},
	[STAFF_WORDS] = {.path = "anteckning", .type = FIELD_PERSONAL},
};

static const char *const staff_nothing[] = {"inget", NULL};

static int staff_map(const struct source_message *m, struct source_event *event, struct incident *incident,
		     struct err *err)
{
	bool nothing = take_word(m, STAFF_TYPE, staff_nothing) == 0;

	if (take_id(m, STAFF_ID, event, err) || take_type(m, STAFF_TYPE, NULL, event, err) ||
	    take_occurred(m, STAFF_WHEN, -1, incident, err) || take_stamp(m, STAFF_UPDATED, &event->updated_us, err))
		return -1;
	event->municipality = (struct incident_text){pack_municipality(m->pack), strlen(pack_municipality(m->pack))};
	event->places[0] = take_text(m, STAFF_PLACE);
	take_rating(m, STAFF_UNSAFETY, &incident->perceived_unsafety, event);
	incident->unit = take_unit(m, STAFF_UNIT, event);
	incident->verified = VERIFIED_VERIFIED;
	incident->countable = nothing ? COUNTABLE_INFO : COUNTABLE_INCIDENT;
	incident->count = 1;
	return 0;
}

const struct source staff_source = {
	.name = "staff",
	.system = "est-rapport",
	.release = RELEASE_INTERNAL,
	.keeps_bytes = true,
	.counts = {.type = "typ"},
	.fields = staff_fields,
	.field_count = STAFF_FIELDS,
	.map = staff_map,
};
