#include "map.h"

#include "normalizer/take.h"

#include <string.h>

enum {
	HOUSING_ID,
	HOUSING_TYPE,
	HOUSING_CAME,
	HOUSING_PLACE,
	HOUSING_VERIFIED,
	HOUSING_STATUS,
	HOUSING_UPDATED,
	HOUSING_FLAT,
	HOUSING_TENANT,
	HOUSING_CONTACT,
	HOUSING_ADDRESS,
	HOUSING_WORDS,
	HOUSING_FIELDS
};

static const struct field_spec housing_fields[HOUSING_FIELDS] = {
	[HOUSING_ID] = {.path = "arende_id", .required = true, .max = 64},
	[HOUSING_TYPE] = {.path = "typ", .required = true, .type = FIELD_TEXT, .max = 128},
	[HOUSING_CAME] = {.path = "inkom", .required = true, .type = FIELD_TEXT, .max = 64},
	[HOUSING_PLACE] = {.path = "fastighet_omrade", .required = true, .type = FIELD_TEXT, .max = 256},
	[HOUSING_VERIFIED] = {.path = "verifierad"},
	[HOUSING_STATUS] = {.path = "status", .type = FIELD_TEXT, .max = 64},
	[HOUSING_UPDATED] = {.path = "uppdaterad", .type = FIELD_TEXT, .max = 64},
	[HOUSING_FLAT] = {.path = "lagenhet", .type = FIELD_PERSONAL},
	[HOUSING_TENANT] = {.path = "hyresgast", .type = FIELD_PERSONAL},
	[HOUSING_CONTACT] = {.path = "kontakt", .type = FIELD_PERSONAL},
	[HOUSING_ADDRESS] = {.path = "adress", .type = FIELD_PERSONAL},
	[HOUSING_WORDS] = {.path = "beskrivning", .type = FIELD_PERSONAL},
};

static const char *const housing_states[] = {"oppet", "avslutat", "obefogat", NULL};

static int housing_map(const struct source_message *m, struct source_event *event, struct incident *incident,
		       struct err *err)
{
	bool verified = take_flag(m, HOUSING_VERIFIED);

	if (take_id(m, HOUSING_ID, event, err) ||
	    take_type_joined(m, HOUSING_TYPE, verified ? "verifierad" : "rapporterad", event, err) ||
	    take_occurred(m, HOUSING_CAME, -1, incident, err) || take_stamp(m, HOUSING_CAME, &event->created_us, err) ||
	    take_stamp(m, HOUSING_UPDATED, &event->updated_us, err))
		return -1;
	event->municipality = (struct incident_text){pack_municipality(m->pack), strlen(pack_municipality(m->pack))};
	event->places[0] = take_text(m, HOUSING_PLACE);
	incident->status = take_listed(m, HOUSING_STATUS, housing_states, event);
	incident->verified = verified ? VERIFIED_VERIFIED : VERIFIED_REPORTED;
	if (take_word(m, HOUSING_STATUS, housing_states) == 2)
		incident->verified = VERIFIED_UNFOUNDED;
	incident->countable = COUNTABLE_INCIDENT;
	incident->count = 1;
	return 0;
}

const struct source housing_source = {
	.name = "housing",
	.system = "bostadsbolag",
	.release = RELEASE_INTERNAL,
	.keeps_bytes = true,
	.counts = {.type = "typ"},
	.fields = housing_fields,
	.field_count = HOUSING_FIELDS,
	.map = housing_map,
};
