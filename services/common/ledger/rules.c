#include "ledger/rules.h"

#include "base/map64.h"
#include "db/db.h"
#include "hash/hash.h"
#include "sql.h"
#include "text/text.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_MAX 560

/* A name and the number it stands for; value is a mapping row's category (its index), a category's flag. */
struct entry {
	char *name;
	size_t len;
	int id, value;
};

/* Names found by hash and then compared, so that a collision of 64 bits cannot misplace an incident. */
struct names {
	struct entry *entries;
	size_t count;
	struct map64 index;
};

struct rules {
	int16_t build;
	char version[64];
	struct period_zone *zone;
	struct names sources, categories, areas, places, types;
	int unknown_area, unknown_category;
	bool coarse[INT16_MAX + 1]; /* by area id: a county or 00 */
};

static void names_release(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->entries[i].name);
	free(n->entries);
	map64_release(&n->index);
}

static int names_room(struct names *n, long count, struct err *err)
{
	map64_init(&n->index);
	n->entries = calloc((size_t)count + 1, sizeof *n->entries);
	return n->entries ? 0 : err_set(err, ERR_RETRY, "out of memory for a build's rules");
}

static const struct entry *names_find(const struct names *n, const char *name, size_t len)
{
	const struct entry *e;
	uint32_t at;

	if (!map64_get(&n->index, hash_content(name, len), &at))
		return NULL;
	e = &n->entries[at];
	return e->len == len && memcmp(e->name, name, len) == 0 ? e : NULL;
}

static int names_add(struct names *n, const char *name, size_t len, int id, int value, struct err *err)
{
	struct entry *e = &n->entries[n->count];
	uint32_t *slot;
	int fresh;

	if (names_find(n, name, len))
		return 0; /* the first of two that fold alike stands */
	e->name = malloc(len + 1);
	if (!e->name)
		return err_set(err, ERR_RETRY, "out of memory for a build's rules");
	memcpy(e->name, name, len);
	e->name[len] = 0;
	e->len = len;
	e->id = id;
	e->value = value;
	fresh = map64_put(&n->index, hash_content(name, len), (uint32_t)n->count, &slot);
	n->count++;
	return fresh < 0 ? err_set(err, ERR_RETRY, "out of memory for a build's rules") : 0;
}

/* Source and folded type as one key. -1: does not fit, so it is in no mapping. */
static long type_key(int source, const char *type, size_t len, char out[KEY_MAX])
{
	long folded = text_fold(type, len, out + 1, KEY_MAX - 1);

	out[0] = (char)source;
	return folded < 0 ? -1 : folded + 1;
}

static int load_sources(struct rules *r, struct db *db, struct err *err)
{
	struct db_result *res;
	long rows = db_query(db, sql_rules_sources, &res, err);
	int rc = rows < 0 ? -1 : names_room(&r->sources, rows, err);

	for (long i = 0; rc == 0 && i < rows; i++) {
		size_t len;
		const char *name = db_text(res, i, 1, &len);

		rc = names_add(&r->sources, name, len, (int)db_int(res, i, 0), 0, err);
	}
	if (rows >= 0)
		db_free(res);
	return rc;
}

static int load_categories(struct rules *r, struct db *db, struct err *err)
{
	struct db_result *res;
	const struct entry *unknown;
	long rows;
	int rc;

	db_param_int2(db, r->build);
	rows = db_query(db, sql_rules_categories, &res, err);
	if (rows < 0)
		return -1;
	rc = names_room(&r->categories, rows, err);
	for (long i = 0; rc == 0 && i < rows; i++) {
		size_t len;
		const char *code = db_text(res, i, 1, &len);

		rc = names_add(&r->categories, code, len, (int)db_int(res, i, 0), *db_text(res, i, 2, NULL), err);
	}
	db_free(res);
	if (rc)
		return -1;
	unknown = names_find(&r->categories, "UNK", 3);
	if (!unknown)
		return err_set(err, ERR_CONFIG, "the build has no category UNK, which unknown types are counted under");
	r->unknown_category = (int)(unknown - r->categories.entries);
	return 0;
}

static int load_areas(struct rules *r, struct db *db, struct err *err)
{
	struct db_result *res;
	const struct entry *unknown;
	long rows;
	int rc;

	db_param_int2(db, r->build);
	rows = db_query(db, sql_rules_areas, &res, err);
	if (rows < 0)
		return -1;
	rc = names_room(&r->areas, rows, err) || names_room(&r->places, rows, err) ? -1 : 0;
	for (long i = 0; rc == 0 && i < rows; i++) {
		size_t code_len, name_len;
		const char *code = db_text(res, i, 1, &code_len), *name = db_text(res, i, 3, &name_len);
		int id = (int)db_int(res, i, 0);

		rc = names_add(&r->areas, code, code_len, id, 0, err);
		r->coarse[id & INT16_MAX] = code_len == 2;
		if (rc == 0 && db_int(res, i, 2)) /* a record names its place by the register's name */
			rc = names_add(&r->places, name, name_len, id, 0, err);
	}
	db_free(res);
	if (rc)
		return -1;
	unknown = names_find(&r->areas, "00", 2);
	if (!unknown)
		return err_set(err, ERR_CONFIG, "the build has no area 00, which unknown places are counted under");
	r->unknown_area = unknown->id;
	return 0;
}

/* A mapping row points at its category's place in the table. */
static int category_index(const struct rules *r, int id)
{
	for (size_t i = 0; i < r->categories.count; i++)
		if (r->categories.entries[i].id == id)
			return (int)i;
	return r->unknown_category;
}

static int add_type(struct rules *r, const struct db_result *res, long i, struct err *err)
{
	char key[KEY_MAX];
	int id = (int)db_int(res, i, 0), source = (int)db_int(res, i, 1);
	int category = category_index(r, (int)db_int(res, i, 3));
	size_t len, unknown_len;
	const char *type = db_text(res, i, 2, &len), *unknown = db_text(res, i, 4, &unknown_len);
	long n = type_key(source, type, len, key);

	if (n < 0)
		return err_set(err, ERR_CONFIG, "mapping row %d of the build has a type that is too long", id);
	if (names_add(&r->types, key, (size_t)n, id, category, err))
		return -1;
	n = type_key(source, unknown, unknown_len, key);
	return n < 0 ? 0 : names_add(&r->types, key, (size_t)n, id, category, err);
}

static int load_mapping(struct rules *r, struct db *db, struct err *err)
{
	struct db_result *res;
	long rows;
	int rc;

	db_param_int2(db, r->build);
	rows = db_query(db, sql_rules_mapping, &res, err);
	if (rows < 0)
		return -1;
	rc = names_room(&r->types, 2 * rows, err);
	for (long i = 0; rc == 0 && i < rows; i++)
		rc = add_type(r, res, i, err);
	db_free(res);
	return rc;
}

static int load_build(struct rules *r, struct db *db, const char *build, struct err *err)
{
	struct db_result *res;
	long rows;
	int rc = -1;

	db_param_text(db, build, strlen(build));
	rows = db_query(db, sql_rules_build, &res, err);
	if (rows < 0)
		return -1;
	if (rows == 0)
		err_set(err, ERR_CONFIG, "there is no build \"%s\"; \"lagesbild setup\" makes the first", build);
	else
		rc = period_zone_open(&r->zone, db_text(res, 0, 1, NULL), err);
	if (rows) {
		r->build = (int16_t)db_int(res, 0, 0);
		snprintf(r->version, sizeof r->version, "%s", db_text(res, 0, 2, NULL));
	}
	db_free(res);
	return rc;
}

int rules_load(struct rules **out, struct db *db, const char *build, struct err *err)
{
	struct rules *r = calloc(1, sizeof *r);

	if (!r)
		return err_set(err, ERR_RETRY, "out of memory for a build's rules");
	if (load_build(r, db, build, err) || load_sources(r, db, err) || load_categories(r, db, err) ||
	    load_areas(r, db, err) || load_mapping(r, db, err)) {
		rules_close(r);
		return -1;
	}
	*out = r;
	return 0;
}

void rules_close(struct rules *r)
{
	if (!r)
		return;
	period_zone_close(r->zone);
	names_release(&r->sources);
	names_release(&r->categories);
	names_release(&r->areas);
	names_release(&r->places);
	names_release(&r->types);
	free(r);
}

int16_t rules_build(const struct rules *r)
{
	return r->build;
}

const struct period_zone *rules_zone(const struct rules *r)
{
	return r->zone;
}

/* The category that the mapping gives, or UNK; *type is the mapping row. */
static const struct entry *category_of(const struct rules *r, int source, const struct incident *in, int16_t *type)
{
	char key[KEY_MAX];
	long n = type_key(source, in->source_type.text, in->source_type.len, key);
	const struct entry *row = n < 0 ? NULL : names_find(&r->types, key, (size_t)n);

	*type = row ? (int16_t)row->id : 0;
	if (!row)
		return &r->categories.entries[r->unknown_category];
	return &r->categories.entries[row->value];
}

static int area_of(const struct rules *r, const struct incident *in)
{
	const struct entry *e = NULL;

	if (in->area.text)
		e = names_find(&r->areas, in->area.text, in->area.len);
	if (!e && in->municipality.text)
		e = names_find(&r->areas, in->municipality.text, in->municipality.len);
	if (!e && in->municipality.text && in->municipality.len == 4)
		e = names_find(&r->areas, in->municipality.text, 2);
	return e ? e->id : r->unknown_area;
}

/* Both the record and the build's category must say "incident" for it to count. */
static char state_of(const struct incident *in, int flag)
{
	if (in->verified == VERIFIED_UNFOUNDED)
		return LEDGER_UNFOUNDED;
	if (in->countable == COUNTABLE_INFO || flag == 'N')
		return LEDGER_INFO;
	if (in->countable == COUNTABLE_ACTIVITY || flag == 'P')
		return LEDGER_ACTIVITY;
	return in->suppressed == 1 ? LEDGER_SUPPRESSED : LEDGER_COUNTED;
}

/* Weekday and hour are local wall time, and only of an event whose hour is known. */
static int hour_of(const struct rules *r, const struct incident *in)
{
	struct period_civil c;

	if (in->time_precision != PRECISION_MINUTE && in->time_precision != PRECISION_HOUR)
		return LEDGER_NO_HOUR;
	period_local(r->zone, in->occurred_from, &c);
	return (c.weekday - 1) * 24 + c.hour;
}

static void place_upsert(const struct rules *r, int source, const struct incident *in, struct ledger_row *row)
{
	const struct entry *category = category_of(r, source, in, &row->type);
	const struct entry *place = in->place.text ? names_find(&r->places, in->place.text, in->place.len) : NULL;
	int32_t month = period_month(r->zone, in->occurred_from);

	row->hash = (int64_t)incident_content_hash(in);
	row->state = state_of(in, category->value);
	row->n = row->state == LEDGER_COUNTED ? (int32_t)in->count : 0;
	row->place = place ? (int16_t)place->id : 0;
	row->occurred_from = in->occurred_from;
	row->slot = row_slot(month, area_of(r, in), category->id, source, hour_of(r, in));
	row->late = !in->backfill && in->received_at >= period_month_start_ms(r->zone, month + 1);
}

const char *rules_version(const struct rules *r)
{
	return r->version;
}

int rules_place(const struct rules *r, const struct incident *in, struct ledger_row *row, struct err *err)
{
	const struct entry *source = names_find(&r->sources, in->source.text, in->source.len);

	if (!source)
		return err_message(err, REASON_BAD_VALUE, "the build knows no such source");
	memset(row, 0, sizeof *row);
	memcpy(row->id, in->id, sizeof row->id);
	row->order = incident_order(in);
	row->backfill = in->backfill;
	if (in->operation == INCIDENT_UPSERT) {
		place_upsert(r, source->id, in, row);
		return 0;
	}
	row->state = in->operation == INCIDENT_WITHDRAW ? LEDGER_WITHDRAWN : LEDGER_REJECTED;
	row->source_removed = in->reason == REASON_SOURCE_REMOVED;
	row->occurred_from = INCIDENT_NULL;
	return 0;
}

bool rules_coarse(const struct rules *r, int area)
{
	return r->coarse[area & INT16_MAX];
}
