/* Runs a source's map on one JSON message, as the engine does. Include after reference_fixture.h. */
#ifndef MAP_FIXTURE_H
#define MAP_FIXTURE_H

#include "json/jsonread.h"
#include "normalizer/source.h"
#include <math.h>

struct mapped {
	int code;
	struct source_event event;
	struct incident incident;
	struct err err;
};

static struct pack *map_pack;
static struct jsonread *map_reader;

/* The fixture's reference data with this mapping (rows without the head) for this source. */
static inline void map_open(const char *source, const char *rows)
{
	char path[64], text[512];
	struct err err = {0};

	fixture_open();
	fixture_files();
	snprintf(path, sizeof(path), "mappings/%s.csv", source);
	snprintf(text, sizeof(text), "source_type,category\n%s", rows);
	fixture_write(path, text);
	if (pack_open(&map_pack, fixture_dir, fixture_dir, source, &err) || jsonread_open(&map_reader, 65536, &err))
		fail_msg("%s", err.text);
}

static inline void map_close(void)
{
	jsonread_close(map_reader);
	pack_close(map_pack);
	fixture_close();
}

/* Views in out live until the next message. */
static inline void map_json(const struct source *source, const char *json, struct mapped *out)
{
	static struct field fields[FIELD_SPECS_MAX];
	const struct source_message message = {
		.fields = fields, .specs = source->fields, .pack = map_pack, .received_ms = INT64_C(1800000000000)};

	memset(out, 0, sizeof(*out));
	incident_init(&out->incident);
	out->event.lat = out->event.lon = out->event.north = out->event.east = NAN;
	out->event.updated_us = out->event.created_us = INCIDENT_NULL;
	out->code =
		jsonread_record(map_reader, json, strlen(json), source->fields, source->field_count, fields, &out->err);
	if (out->code == 0)
		out->code = field_check(source->fields, source->field_count, fields, &out->err);
	if (out->code == 0)
		out->code = source->map(&message, &out->event, &out->incident, &out->err);
}

static inline void map_is(struct incident_text got, const char *wanted)
{
	if (got.len != strlen(wanted) || (got.len && memcmp(got.text, wanted, got.len)))
		fail_msg("%.*s is not %s", (int)got.len, got.text ? got.text : "", wanted);
}

/* The feed's schema files name every field that the map reads, and schema.json also those that are only counted. */
static inline void map_schemas(const struct source *source)
{
	static const char *const endings[] = {"avsc", "schema.json"};
	static char text[32768];
	char path[512], wanted[128];
	FILE *file;

	for (int json = 0; json < 2; json++) {
		snprintf(path, sizeof(path), SOURCE_DIR "/schemas/feeds/%s.%s", source->name, endings[json]);
		file = fopen(path, "rb");
		assert_non_null(file);
		text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
		assert_int_equal(fclose(file), 0);
		for (size_t i = 0; i < source->field_count; i++) {
			snprintf(wanted, sizeof(wanted), "\"%s\"", source->fields[i].path);
			if ((json || source->fields[i].type != FIELD_PERSONAL) && !strstr(text, wanted))
				fail_msg("%s lacks %s", path, wanted);
		}
	}
}

#endif
