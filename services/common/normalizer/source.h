/* source: what one source must say to become a normalizer: a table of fields and a pure map function.
 *
 * To add a source: services/README.md has the recipe. A map puts the helpers of normalizer/take.h together;
 * normalizer-rescue is the one to copy. */
#ifndef LAGESBILD_SOURCE_H
#define LAGESBILD_SOURCE_H

#include "base/err.h"
#include "base/field.h"
#include "incident/incident.h"
#include "pack/pack.h"

/* What the map function sees of one message: its fields (checked against the specs), and the reference data. */
struct source_message {
	const struct field *fields;	/* as many as source.fields, same order */
	const struct field_spec *specs; /* source.fields, for the path in an error's sentence */
	const struct pack *pack;
	int64_t received_ms; /* append time */
};

/* What a map leaves to the engine: where the event was and which type it is, in the source's own words (views into the
 * message). */
struct source_event {
	char id[128]; /* the agency's own id as text; what the key must equal */
	size_t id_len;
	struct incident_text type; /* the complete mapping key as the source spells it */
	char type_bytes[160];	   /* room for a type that the map puts together; take_type uses it */
	/* The municipality, code or name, where the feed has a field of its own for it: places are then looked for
	 * within it only. */
	struct incident_text municipality;
	struct incident_text places[3]; /* names or codes to look up, most trusted first; the engine takes the most
					   specific that agree */
	double lat, lon;		/* a point that is a point, else NAN */
	double north, east;		/* or the same in SWEREF 99, in the system of `epsg`, else NAN */
	int64_t epsg;
	int64_t updated_us, created_us; /* the feed's own update and creation time; INCIDENT_NULL where it has none */
	int redactions;			/* how many personal items were dropped */
};

/* The counts rows (counts.h) that a source may send instead of events. */
struct source_counts {
	const char *type;	       /* the field that holds the type: "typ"; NULL: it takes no rows */
	const char *also;	       /* one more field, last in the key: "anmalare"; NULL: none */
	const char *const *also_words; /* all that it may be, lower case, NULL at the end */
};

struct source {
	const char *name;   /* "press" */
	const char *system; /* source_system: a constant, never from a header: "polisen.se" */
	enum incident_release release;
	bool keeps_bytes; /* dead letters hold key, headers and bytes (all but social) */
	/* Any field outside the tables, at any depth, and any type, place or `also` outside its list is refused as
	 * personal-data instead of being ignored. */
	bool strict;
	struct source_counts counts;
	/* The first is the agency's own id: it names a message whose other fields are wrong. Fields of FIELD_PERSONAL
	 * are never looked at, only counted. None (and no map): the source sends counts rows only. */
	const struct field_spec *fields;
	size_t field_count;
	/* Pure: no clock, no I/O, no state. Fills event, and those members of incident that the source knows (times,
	 * precision, countable, count, verified, status ...); the engine fills the rest. The engine has called
	 * incident_init. event->id is filled before anything can fail, so that a reject carries its incident_id. */
	int (*map)(const struct source_message *message, struct source_event *event, struct incident *incident,
		   struct err *err);
};

#endif
