#include "avro/avroread.h"
#include "avro/avroplan.h"
#include "avro/avrowalk.h"
#include "avro/fingerprint.h"

#include <avro.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA_BYTES_MAX (1u << 20)
#define HEADER_LEN 10

struct schema {
	uint64_t fingerprint;
	avro_schema_t parsed;
	struct avroplan **plans;
	size_t plan_count;
	struct avroplan *last;
};

struct avroread {
	struct schema *schemas;
	size_t count, last;
	bool strict;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_RETRY, "out of memory reading Avro");
}

int avroread_open(struct avroread **reader, struct err *err)
{
	struct avroread *r = calloc(1, sizeof *r);

	if (!r)
		return no_memory(err);
	*reader = r;
	return 0;
}

void avroread_close(struct avroread *reader)
{
	size_t i, j;

	if (!reader)
		return;
	for (i = 0; i < reader->count; i++) {
		for (j = 0; j < reader->schemas[i].plan_count; j++)
			avroplan_close(reader->schemas[i].plans[j]);
		free(reader->schemas[i].plans);
		avro_schema_decref(reader->schemas[i].parsed);
	}
	free(reader->schemas);
	free(reader);
}

void avroread_strict(struct avroread *reader)
{
	reader->strict = true;
}

static struct schema *find_schema(struct avroread *r, uint64_t fingerprint)
{
	size_t i;

	if (r->last < r->count && r->schemas[r->last].fingerprint == fingerprint)
		return &r->schemas[r->last];
	for (i = 0; i < r->count; i++)
		if (r->schemas[i].fingerprint == fingerprint) {
			r->last = i;
			return &r->schemas[i];
		}
	return NULL;
}

static int keep(struct avroread *r, uint64_t fingerprint, avro_schema_t parsed, struct err *err)
{
	struct schema *more = realloc(r->schemas, (r->count + 1) * sizeof *more);

	if (!more)
		return no_memory(err);
	r->schemas = more;
	r->schemas[r->count++] = (struct schema){.fingerprint = fingerprint, .parsed = parsed};
	return 0;
}

int avroread_add(struct avroread *reader, const char *json, size_t len, uint64_t *fingerprint, struct err *err)
{
	avro_schema_t parsed = NULL;
	struct avroplan *trial = NULL;
	uint64_t found;
	int result = -1;

	if (len > SCHEMA_BYTES_MAX)
		return err_set(err, ERR_CONFIG, "an Avro schema is longer than %u bytes", SCHEMA_BYTES_MAX);
	/* Our own canonicaliser goes first: it refuses what would let Avro-C's parser recurse
	 * without end. */
	if (fingerprint_schema(json, len, &found, err))
		return -1;
	if (!find_schema(reader, found)) {
		if (avro_schema_from_json_length(json, len, &parsed))
			return err_set(err, ERR_CONFIG, "an Avro schema could not be parsed");
		if (avro_typeof(parsed) != AVRO_RECORD)
			err_set(err, ERR_CONFIG, "an Avro schema is no record");
		else if (!avroplan_open(&trial, parsed, NULL, 0, err))
			result = keep(reader, found, parsed, err);
		avroplan_close(trial);
		if (result) {
			avro_schema_decref(parsed);
			return -1;
		}
	}
	if (fingerprint)
		*fingerprint = found;
	return 0;
}

static int add_file(struct avroread *reader, const char *path, struct err *err)
{
	char *json = malloc(SCHEMA_BYTES_MAX + 1);
	FILE *file = fopen(path, "rb");
	struct err inner;
	size_t len;
	int result = -1;

	if (!json || !file) {
		err_set(err, ERR_CONFIG, "cannot read the schema %s: %s", path,
			json ? strerror(errno) : "out of memory");
		goto done;
	}
	len = fread(json, 1, SCHEMA_BYTES_MAX + 1, file);
	if (ferror(file)) {
		err_set(err, ERR_CONFIG, "cannot read the schema %s", path);
		goto done;
	}
	result = avroread_add(reader, json, len, NULL, &inner);
	if (result)
		err_set(err, inner.kind, "%.200s: %.200s", path, inner.text);
done:
	if (file)
		fclose(file);
	free(json);
	return result;
}

int avroread_add_dir(struct avroread *reader, const char *dir, bool optional, struct err *err)
{
	DIR *list = opendir(dir);
	struct dirent *entry;
	char path[4096];
	int result = 0;

	if (!list) {
		if (optional && errno == ENOENT)
			return 0;
		return err_set(err, ERR_CONFIG, "cannot read the schemas in %s: %s", dir, strerror(errno));
	}
	while (!result && (entry = readdir(list))) {
		size_t len = strlen(entry->d_name);

		if (len < 5 || strcmp(entry->d_name + len - 5, ".avsc") != 0)
			continue;
		if (snprintf(path, sizeof path, "%s/%s", dir, entry->d_name) >= (int)sizeof path)
			result = err_set(err, ERR_CONFIG, "the path of a schema in %.200s is too long", dir);
		else
			result = add_file(reader, path, err);
	}
	closedir(list);
	return result;
}

static int find_plan(struct schema *schema, const struct field_spec *specs, size_t count, struct avroplan **out,
		     struct err *err)
{
	struct avroplan *plan, **more;
	size_t i;

	for (i = 0; i < schema->plan_count; i++)
		if (schema->plans[i]->specs == specs && schema->plans[i]->count == count) {
			*out = schema->last = schema->plans[i];
			return 0;
		}
	if (count > FIELD_SPECS_MAX)
		return err_set(err, ERR_CONFIG, "a source names more than %d fields", FIELD_SPECS_MAX);
	more = realloc(schema->plans, (schema->plan_count + 1) * sizeof(struct avroplan *));
	if (!more)
		return no_memory(err);
	schema->plans = more;
	if (avroplan_open(&plan, schema->parsed, specs, count, err))
		return -1;
	schema->plans[schema->plan_count++] = plan;
	*out = schema->last = plan;
	return 0;
}

int avroread_body(struct avroread *reader, uint64_t fingerprint, const void *bytes, size_t len,
		  const struct field_spec *specs, size_t count, struct field *fields, struct err *err)
{
	struct schema *schema = find_schema(reader, fingerprint);
	struct avroplan *plan;

	if (!schema)
		return err_message(err, REASON_UNKNOWN_SCHEMA, "no schema has the fingerprint %016llx",
				   (unsigned long long)fingerprint);
	plan = schema->last;
	if ((!plan || plan->specs != specs || plan->count != count) && find_plan(schema, specs, count, &plan, err))
		return -1;
	if (reader->strict && plan->unnamed)
		return err_message(err, REASON_PERSONAL_DATA, "the writer's schema has a field that is not agreed");
	return avrowalk_record(plan, bytes, len, fields, err);
}

bool avroread_framed(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	return len >= 2 && p[0] == 0xC3 && p[1] == 0x01;
}

int avroread_record(struct avroread *reader, const void *bytes, size_t len, const struct field_spec *specs,
		    size_t count, struct field *fields, struct err *err)
{
	const uint8_t *p = bytes;
	uint64_t fingerprint;

	if (!avroread_framed(bytes, len) || len < HEADER_LEN)
		return err_message(err, REASON_SCHEMA, "the message is not in Avro's single-object encoding");
	memcpy(&fingerprint, p + 2, sizeof fingerprint); /* little-endian, as we are */
	return avroread_body(reader, fingerprint, p + HEADER_LEN, len - HEADER_LEN, specs, count, fields, err);
}
