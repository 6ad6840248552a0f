/* source: what one source must say to become a normalizer: a table of fields and a pure map function.
 *
 * To add a source: a folder services/normalizer-<source>/ with map.c (struct source) and main.c
 * (normalizer_main(&source, ...)), schemas/feeds/<source>.avsc and .schema.json, schemas/mappings/<source>.csv, golden
 * cases in tests/golden/<source>/. services/README.md has the recipe. */
#ifndef LAGESBILD_SOURCE_H
#define LAGESBILD_SOURCE_H

#include "base/err.h"
#include "base/field.h"
#include "incident/incident.h"
#include "pack/pack.h"

/* What the map function sees of one message: its fields (checked against the specs), and the reference data. */
struct source_message {
	const struct field *fields; /* as many as source.fields, same order */
	const struct pack *pack;
	int64_t received_ms; /* append time */
};

/* What a map leaves to the engine: where the event was and which type it is, in the source's own words (views into the
 * message). */
struct source_event {
	char id[128]; /* the agency's own id as text; what the key must equal */
	size_t id_len;
	struct incident_text type; /* the complete mapping key as the source spells it */
	struct incident_text
		places[3]; /* names to look up, most trusted first; the engine takes the most specific that agree */
	double lat, lon;   /* a point that is a point, else NAN */
	int64_t updated_us, created_us; /* the feed's own update and creation time; INCIDENT_NULL where it has none */
	int redactions;			/* how many personal items were dropped */
};

struct source {
	const char *name;   /* "press" */
	const char *system; /* source_system: a constant, never from a header: "polisen.se" */
	enum incident_release release;
	bool keeps_bytes; /* dead letters hold key, headers and bytes (all but social) */
	const struct field_spec
		*fields; /* the first is the agency's own id: it names a message whose other fields are wrong */
	size_t field_count;
	/* Pure: no clock, no I/O, no state. Fills event, and those members of incident that the source knows (times,
	 * precision, countable, count, verified, status ...); the engine fills the rest. The engine has called
	 * incident_init. event->id is filled before anything can fail, so that a reject carries its incident_id. */
	int (*map)(const struct source_message *message, struct source_event *event, struct incident *incident,
		   struct err *err);
};

#endif
