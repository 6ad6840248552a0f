#include "intake.h"

#include <string.h>

#define DAY_MS 86400000
#define HOUR_MS 3600000
#define HISTORY_MS (7 * (int64_t)DAY_MS)

static const int limits_h[INTAKE_LAG_LIMITS] = {1, 2, 4, 8, 12, 24, 48, 72, 168, 336, 744};

#define EACH_UPSERT(r)                                                                                                 \
	for (const struct record *r = b->records + from, *end_ = b->records + to; r < end_; r++)                       \
		if (r->apply && r->operation == INCIDENT_UPSERT)

int64_t intake_key(int64_t day, int source, int measure)
{
	return day << 16 | (int64_t)source << 8 | measure;
}

int intake_lag(int64_t lag_ms)
{
	int i = 0;

	while (i < INTAKE_LAG_LIMITS && lag_ms > limits_h[i] * (int64_t)HOUR_MS)
		i++;
	return INTAKE_LAG + i;
}

static int add(struct writer *w, const struct ledger_row *row, struct err *err)
{
	int64_t own_ms = row->order.revision / 1000, came_ms = row->order.received_at;
	int64_t day = (own_ms > 0 ? own_ms : 0) / DAY_MS, cell = row_cell(row->slot);
	int source = (int)(cell & 63), measures[4] = {INTAKE_RECEIVED}, count = 1;

	/* A message much older than its arrival is history or a replay: its lag is the agency's, not this import's. */
	if (came_ms - own_ms > HISTORY_MS)
		came_ms = own_ms;
	if (row->type == 0)
		measures[count++] = INTAKE_UNMAPPED;
	if (rules_coarse(w->rules, (int)((cell >> 16) & 65535)))
		measures[count++] = INTAKE_COARSE;
	if (row->occurred_from != INCIDENT_NULL && !row->backfill)
		measures[count++] = intake_lag(came_ms - row->occurred_from);
	for (int i = 0; i < count; i++)
		if (delta_add(&w->intake, intake_key(day, source, measures[i]), 1, 0, 0, err))
			return -1;
	return 0;
}

/* Month, source and unit of a record, in one key. */
static int64_t reporter_key(const struct record *r)
{
	int64_t cell = row_cell(r->row.slot);

	return (cell >> 32) << 16 | (cell & 63) << 8 | r->unit;
}

/* A set: what stands in it already, because a message has come again or another build has read it, adds nothing. */
static int save_reporters(struct writer *w, const struct batch *b, size_t from, size_t to, struct err *err)
{
	struct db *db = w->db;

	if (b->unit_count == 0)
		return 0;
	delta_clear(&w->intake);
	EACH_UPSERT (r)
		if (r->unit && delta_add(&w->intake, reporter_key(r), 1, 0, 0, err))
			return -1;
	delta_finish(&w->intake);
	if (w->intake.count == 0)
		return 0;
	db_param_array(db, DB_INT2, w->intake.count);
	for (size_t i = 0; i < w->intake.count; i++)
		db_item_int2(db, (int16_t)(w->intake.items[i].key >> 8 & 255));
	db_param_array(db, DB_INT4, w->intake.count);
	for (size_t i = 0; i < w->intake.count; i++)
		db_item_int4(db, (int32_t)(w->intake.items[i].key >> 16));
	db_param_array(db, DB_TEXT, w->intake.count);
	for (size_t i = 0; i < w->intake.count; i++) {
		const char *unit = b->units[(w->intake.items[i].key & 255) - 1];

		db_item_text(db, unit, strlen(unit));
	}
	return db_run(db, "reporters_add", NULL, err) < 0 ? -1 : 0;
}

static int save_counts(struct writer *w, const struct batch *b, size_t from, size_t to, struct err *err)
{
	struct db *db = w->db;

	delta_clear(&w->intake);
	EACH_UPSERT (r)
		if (add(w, &r->row, err))
			return -1;
	delta_finish(&w->intake);
	if (w->intake.count == 0)
		return 0;
	db_param_int2(db, rules_build(w->rules));
	db_param_array(db, DB_INT8, w->intake.count);
	for (size_t i = 0; i < w->intake.count; i++)
		db_item_int8(db, w->intake.items[i].key);
	db_param_array(db, DB_INT8, w->intake.count);
	for (size_t i = 0; i < w->intake.count; i++)
		db_item_int8(db, w->intake.items[i].n);
	return db_run(db, "intake_merge", NULL, err) < 0 ? -1 : 0;
}

int intake_save(struct writer *w, const struct batch *b, size_t from, size_t to, struct err *err)
{
	return save_counts(w, b, from, to, err) || save_reporters(w, b, from, to, err) ? -1 : 0;
}
