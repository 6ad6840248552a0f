#include "map.h"

#include "normalizer/take.h"

#include <math.h>
#include <string.h>

enum {
	CITIZEN_ID,
	CITIZEN_TYPE,
	CITIZEN_REQUESTED,
	CITIZEN_UPDATED,
	CITIZEN_ADDRESS,
	CITIZEN_STATUS,
	CITIZEN_UNSAFETY,
	CITIZEN_WORDS,
	CITIZEN_NAME,
	CITIZEN_FIRST,
	CITIZEN_LAST,
	CITIZEN_MAIL,
	CITIZEN_PHONE,
	CITIZEN_ACCOUNT,
	CITIZEN_DEVICE,
	CITIZEN_PICTURE,
	CITIZEN_POINT,
	CITIZEN_FIELDS = CITIZEN_POINT + TAKE_POINT_FIELDS
};

static const struct field_spec citizen_fields[CITIZEN_FIELDS] = {
	[CITIZEN_ID] = {.path = "service_request_id", .required = true, .max = 64},
	[CITIZEN_TYPE] = {.path = "service_code", .required = true, .max = 128},
	[CITIZEN_REQUESTED] = {.path = "requested_datetime", .required = true, .type = FIELD_TEXT, .max = 64},
	[CITIZEN_UPDATED] = {.path = "updated_datetime", .type = FIELD_TEXT, .max = 64},
	[CITIZEN_ADDRESS] = {.path = "address", .type = FIELD_TEXT, .max = 512},
	[CITIZEN_STATUS] = {.path = "status", .type = FIELD_TEXT, .max = 64},
	[CITIZEN_UNSAFETY] = {.path = "otrygghet"},
	[CITIZEN_WORDS] = {.path = "description", .type = FIELD_PERSONAL},
	[CITIZEN_NAME] = {.path = "requestor_name", .type = FIELD_PERSONAL},
	[CITIZEN_FIRST] = {.path = "first_name", .type = FIELD_PERSONAL},
	[CITIZEN_LAST] = {.path = "last_name", .type = FIELD_PERSONAL},
	[CITIZEN_MAIL] = {.path = "email", .type = FIELD_PERSONAL},
	[CITIZEN_PHONE] = {.path = "phone", .type = FIELD_PERSONAL},
	[CITIZEN_ACCOUNT] = {.path = "account_id", .type = FIELD_PERSONAL},
	[CITIZEN_DEVICE] = {.path = "device_id", .type = FIELD_PERSONAL},
	[CITIZEN_PICTURE] = {.path = "media_url", .type = FIELD_PERSONAL},
	TAKE_POINT_SPECS(CITIZEN_POINT),
};

static const char *const citizen_states[] = {"open", "closed", NULL};

/* What stands behind the last comma, else all of it. */
static struct incident_text citizen_area(struct incident_text address)
{
	const char *comma = address.text ? memrchr(address.text, ',', address.len) : NULL;
	size_t skip = comma ? (size_t)(comma - address.text) + 1 : 0;

	return (struct incident_text){address.text ? address.text + skip : NULL, address.len - skip};
}

static int citizen_map(const struct source_message *m, struct source_event *event, struct incident *incident,
		       struct err *err)
{
	if (take_id(m, CITIZEN_ID, event, err) || take_type(m, CITIZEN_TYPE, NULL, event, err) ||
	    take_occurred(m, CITIZEN_REQUESTED, -1, incident, err) ||
	    take_stamp(m, CITIZEN_REQUESTED, &event->created_us, err) ||
	    take_stamp(m, CITIZEN_UPDATED, &event->updated_us, err) || take_point(m, CITIZEN_POINT, event, err))
		return -1;
	event->places[0] = citizen_area(take_text(m, CITIZEN_ADDRESS));
	/* The form is the municipality's own; but a point, or the town of the address, may lie across its border. */
	if (!isfinite(event->lat) && !isfinite(event->north))
		event->places[1] =
			(struct incident_text){pack_municipality(m->pack), strlen(pack_municipality(m->pack))};
	take_rating(m, CITIZEN_UNSAFETY, &incident->perceived_unsafety, event);
	incident->status = take_listed(m, CITIZEN_STATUS, citizen_states, event);
	incident->verified = VERIFIED_REPORTED;
	incident->countable = COUNTABLE_INCIDENT;
	incident->count = 1;
	return 0;
}

const struct source citizen_source = {
	.name = "citizen",
	.system = "felanmalan",
	.release = RELEASE_INTERNAL,
	.keeps_bytes = true,
	.counts = {.type = "typ"},
	.fields = citizen_fields,
	.field_count = CITIZEN_FIELDS,
	.map = citizen_map,
};
