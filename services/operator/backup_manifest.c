/* backup_manifest: manifest.json, printed and parsed. */
#include "backup.h"

#include "json/jsonread.h"
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MANIFEST_MAX (64u << 20)

static void *one_more(void *list, size_t count, size_t size)
{
	/* Doubled at powers of two. */
	if (count & (count - 1) || count == 1)
		return list;
	list = realloc(list, (count ? 2 * count : 2) * size);
	assert(list);
	return list;
}

void backup_manifest_add_log(struct backup_manifest *m, const struct backup_log *log)
{
	m->logs = one_more(m->logs, m->log_count, sizeof *m->logs);
	m->logs[m->log_count++] = *log;
}

void backup_manifest_add_group(struct backup_manifest *m, const struct backup_group *group)
{
	m->groups = one_more(m->groups, m->group_count, sizeof *m->groups);
	m->groups[m->group_count++] = *group;
}

void backup_manifest_add_part(struct backup_manifest *m, const struct backup_part *part)
{
	m->parts = one_more(m->parts, m->part_count, sizeof *m->parts);
	m->parts[m->part_count++] = *part;
}

void backup_manifest_release(struct backup_manifest *m)
{
	free(m->logs);
	free(m->groups);
	free(m->parts);
	*m = (struct backup_manifest){.logs = NULL};
}

int64_t backup_manifest_records(const struct backup_manifest *m)
{
	int64_t sum = 0;

	for (size_t i = 0; i < m->log_count; i++)
		sum += m->logs[i].end - m->logs[i].begin;
	return sum;
}

/* Names of topics and sources, ids, times and metadata of ours: none holds a quote or a backslash (a prefix that did
 * could be no topic's). */
void backup_manifest_print(const struct backup_manifest *m, FILE *out)
{
	char salt[33];

	seal_salt_hex(&m->cost, salt);
	fprintf(out,
		"{\n \"format\": %d,\n \"made_at\": \"%s\",\n \"code\": \"%s\",\n \"prefix\": \"%s\",\n"
		" \"installation_key\": \"%s\",\n \"operator_key\": \"%s\",\n \"seal_key\": \"%s\",\n"
		" \"salt\": \"%s\",\n \"rounds\": %" PRId64 ",\n \"memory\": %" PRId64 ",\n \"logs\": [",
		BACKUP_FORMAT, m->made_at, m->code, m->prefix, m->key_id, m->operator_key_id, m->seal_id, salt,
		m->cost.rounds, m->cost.memory);
	for (size_t i = 0; i < m->log_count; i++)
		fprintf(out,
			"%s\n  {\"topic\": \"%s\", \"partition\": %d, \"begin\": %" PRId64 ", \"end\": %" PRId64 "}",
			i ? "," : "", m->logs[i].topic, m->logs[i].partition, m->logs[i].begin, m->logs[i].end);
	fprintf(out, "\n ],\n \"groups\": [");
	for (size_t i = 0; i < m->group_count; i++)
		fprintf(out,
			"%s\n  {\"source\": \"%s\", \"partition\": %d, \"next\": %" PRId64 ", \"metadata\": \"%s\"}",
			i ? "," : "", m->groups[i].source, m->groups[i].partition, m->groups[i].next,
			m->groups[i].metadata);
	fprintf(out, "\n ],\n \"parts\": [");
	for (size_t i = 0; i < m->part_count; i++)
		fprintf(out, "%s\n  {\"name\": \"%s\", \"bytes\": %" PRId64 ", \"sha256\": \"%s\"}", i ? "," : "",
			m->parts[i].name, m->parts[i].bytes, m->parts[i].sha256);
	fprintf(out, "\n ]\n}\n");
}

/* ---- parsing ---- */

struct parse {
	struct backup_manifest *m;
	struct jsonread *items; /* another reader: each's callback must not use the same one */
};

static int no_manifest(struct err *err)
{
	return err_set(err, ERR_CONFIG, "manifest.json is not what lagesbild backup writes.");
}

/* The fields of an object into texts (room for `max` each) and numbers, by type; all must be there. */
static int read_fields(struct jsonread *reader, const char *text, size_t len, const struct field_spec *specs,
		       size_t count, struct field *fields, struct err *err)
{
	if (jsonread_record(reader, text, len, specs, count, fields, err) || field_check(specs, count, fields, err))
		return no_manifest(err);
	return 0;
}

/* What is longer than the field it is for cannot be ours: field_check has refused it. */
static void take(char *out, const struct field *f)
{
	memcpy(out, f->text, f->len);
	out[f->len] = 0;
}

/* A name that becomes part of a path, or of a topic's name. */
static bool is_name(const struct field *f)
{
	for (size_t i = 0; i < f->len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", f->text[i]))
			return false;
	return f->len > 0 && f->text[0] != '.';
}

static int parse_log(void *ctx, const char *text, size_t len, struct err *err)
{
	static const struct field_spec specs[] = {{"topic", true, FIELD_TEXT, BACKUP_NAME_MAX - 1},
						  {"partition", true, FIELD_INT, 0},
						  {"begin", true, FIELD_INT, 0},
						  {"end", true, FIELD_INT, 0}};
	struct parse *p = ctx;
	struct field f[4];
	struct backup_log log;

	if (read_fields(p->items, text, len, specs, 4, f, err))
		return -1;
	if (!is_name(&f[0]) || f[1].number < 0 || f[1].number > 100000 || f[2].number < 0 || f[3].number < f[2].number)
		return no_manifest(err);
	take(log.topic, &f[0]);
	log.partition = (int32_t)f[1].number;
	log.begin = f[2].number;
	log.end = f[3].number;
	backup_manifest_add_log(p->m, &log);
	return 0;
}

static int parse_group(void *ctx, const char *text, size_t len, struct err *err)
{
	static const struct field_spec specs[] = {{"source", true, FIELD_TEXT, OPERATOR_SOURCE_SIZE - 1},
						  {"partition", true, FIELD_INT, 0},
						  {"next", true, FIELD_INT, 0},
						  {"metadata", true, FIELD_TEXT, 95}};
	struct parse *p = ctx;
	struct field f[4];
	struct backup_group group;

	if (read_fields(p->items, text, len, specs, 4, f, err))
		return -1;
	if (!is_name(&f[0]) || f[1].number < 0 || f[1].number > 100000 || f[2].number < 0)
		return no_manifest(err);
	take(group.source, &f[0]);
	group.partition = (int32_t)f[1].number;
	group.next = f[2].number;
	take(group.metadata, &f[3]);
	backup_manifest_add_group(p->m, &group);
	return 0;
}

static int parse_part(void *ctx, const char *text, size_t len, struct err *err)
{
	static const struct field_spec specs[] = {{"name", true, FIELD_TEXT, BACKUP_NAME_MAX + 15},
						  {"bytes", true, FIELD_INT, 0},
						  {"sha256", true, FIELD_TEXT, 64}};
	struct parse *p = ctx;
	struct field f[3];
	struct backup_part part;

	if (read_fields(p->items, text, len, specs, 3, f, err))
		return -1;
	if (!is_name(&f[0]) || f[1].number < 0 || f[2].len != 64)
		return no_manifest(err);
	take(part.name, &f[0]);
	part.bytes = f[1].number;
	take(part.sha256, &f[2]);
	backup_manifest_add_part(p->m, &part);
	return 0;
}

static int parse_head(struct backup_manifest *m, struct jsonread *reader, const char *text, size_t len, struct err *err)
{
	static const struct field_spec specs[] = {{"format", true, FIELD_INT, 0},
						  {"made_at", true, FIELD_TEXT, 39},
						  {"code", true, FIELD_TEXT, 79},
						  {"prefix", true, FIELD_TEXT, BACKUP_NAME_MAX - 1},
						  {"installation_key", true, FIELD_TEXT, 19},
						  {"operator_key", true, FIELD_TEXT, 19},
						  {"seal_key", true, FIELD_TEXT, 19},
						  {"salt", true, FIELD_TEXT, 32},
						  {"rounds", true, FIELD_INT, 0},
						  {"memory", true, FIELD_INT, 0}};
	struct field f[10];

	if (jsonread_record(reader, text, len, specs, 10, f, err))
		return no_manifest(err);
	if (f[0].type == FIELD_INT && f[0].number > BACKUP_FORMAT)
		return err_set(err, ERR_CONFIG,
			       "This backup has format %" PRId64 ", and this program knows %d: take the release that "
			       "made it, or a later one.",
			       f[0].number, BACKUP_FORMAT);
	if (field_check(specs, 10, f, err) || f[0].number != BACKUP_FORMAT)
		return no_manifest(err);
	take(m->made_at, &f[1]);
	take(m->code, &f[2]);
	take(m->prefix, &f[3]);
	take(m->key_id, &f[4]);
	take(m->operator_key_id, &f[5]);
	take(m->seal_id, &f[6]);
	m->cost.rounds = f[8].number;
	m->cost.memory = f[9].number;
	return seal_salt_read(&m->cost, f[7].text, f[7].len, err);
}

int backup_manifest_parse(struct backup_manifest *m, const char *text, size_t len, struct err *err)
{
	struct backup_manifest out = {.logs = NULL};
	struct parse p = {.m = &out};
	struct jsonread *reader = NULL;
	int rc = -1;

	if (jsonread_open(&reader, MANIFEST_MAX, err) == 0 && jsonread_open(&p.items, MANIFEST_MAX, err) == 0)
		rc = parse_head(&out, reader, text, len, err);
	if (rc == 0 && (jsonread_each(reader, text, len, "logs", parse_log, &p, err) ||
			jsonread_each(reader, text, len, "groups", parse_group, &p, err) ||
			jsonread_each(reader, text, len, "parts", parse_part, &p, err)))
		rc = no_manifest(err);
	jsonread_close(p.items);
	jsonread_close(reader);
	if (rc)
		backup_manifest_release(&out);
	else
		*m = out;
	return rc;
}
