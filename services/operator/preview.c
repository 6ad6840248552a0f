#include "preview.h"

#include "base/map64.h"
#include "ledger/delta.h"
#include "operator.h"
#include "operator_sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_CELLS 30

const char *const preview_names[PREVIEW_FATES] = {"same",      "older",	  "added",    "corrected",
						  "withdrawn", "refused", "taken_out"};

struct item {
	struct ledger_row row;
	enum incident_operation operation;
	enum err_reason reason;
};

struct preview {
	struct db *db;
	struct rules *rules;
	struct item items[PREVIEW_BATCH];
	size_t count;
	struct ledger_row *held; /* state 0: not in the ledger */
	size_t held_count, held_cap;
	struct map64 index;
	struct delta_table cells;
	int64_t counts[PREVIEW_FATES], reasons[REASON_COUNT];
};

int preview_open(struct preview **preview, struct db *db, struct err *err)
{
	struct preview *p = calloc(1, sizeof *p);
	struct db_result *res;
	char build[100];

	if (!p)
		return err_set(err, ERR_RETRY, "out of memory");
	p->db = db;
	map64_init(&p->index);
	delta_init(&p->cells);
	if (db_query(db, operator_sql_preview_build, &res, err) < 0) {
		preview_close(p);
		return -1;
	}
	snprintf(build, sizeof build, "%s", db_text(res, 0, 0, NULL));
	db_free(res);
	if (rules_load(&p->rules, db, build, err)) {
		preview_close(p);
		return -1;
	}
	*preview = p;
	return 0;
}

void preview_close(struct preview *p)
{
	if (!p)
		return;
	rules_close(p->rules);
	map64_release(&p->index);
	delta_release(&p->cells);
	free(p->held);
	free(p);
}

const struct rules *preview_rules(const struct preview *p)
{
	return p->rules;
}

const int64_t *preview_counts(const struct preview *p)
{
	return p->counts;
}

const int64_t *preview_reasons(const struct preview *p)
{
	return p->reasons;
}

int preview_add(struct preview *p, const struct incident *in, struct err *err)
{
	struct item *item = &p->items[p->count];

	memset(item, 0, sizeof *item);
	item->operation = in->operation;
	item->reason = in->reason;
	if (rules_place(p->rules, in, &item->row, err))
		return -1;
	p->count++;
	return 0;
}

/* The row that is held for an id: a keyed hash, so its first bytes tell two apart. 1 when it is new. */
static int hold(struct preview *p, const uint8_t id[16], struct ledger_row **out, struct err *err)
{
	uint64_t key;
	uint32_t *slot;
	int fresh;

	memcpy(&key, id, sizeof key);
	if (p->held_count == p->held_cap) {
		size_t cap = p->held_cap ? p->held_cap * 2 : 1024;
		struct ledger_row *more = realloc(p->held, cap * sizeof *more);

		if (!more)
			return err_set(err, ERR_RETRY, "out of memory for %zu incidents: take a shorter stretch", cap);
		p->held = more;
		p->held_cap = cap;
	}
	fresh = map64_put(&p->index, key ? key : 1, (uint32_t)p->held_count, &slot);
	if (fresh < 0)
		return err_set(err, ERR_RETRY, "out of memory: take a shorter stretch");
	if (fresh) {
		memset(&p->held[p->held_count], 0, sizeof *p->held);
		memcpy(p->held[p->held_count++].id, id, 16);
	}
	*out = &p->held[*slot];
	return fresh;
}

static int take_rows(struct preview *p, const struct db_result *res, long rows, struct err *err)
{
	for (long i = 0; i < rows; i++) {
		struct ledger_row *row;

		if (hold(p, db_uuid(res, i, 0), &row, err) < 0)
			return -1;
		row->order = (struct incident_order){.revision = db_int(res, i, 1),
						     .received_at = db_int(res, i, 2),
						     .partition = (int32_t)db_int(res, i, 3),
						     .offset = db_int(res, i, 4),
						     .epoch = db_int(res, i, 5)};
		row->hash = db_int(res, i, 6);
		row->slot = db_int(res, i, 7);
		row->n = (int32_t)db_int(res, i, 8);
		row->state = (char)db_int(res, i, 9);
	}
	return 0;
}

/* The ledger's rows of the batch's incidents that are not known yet. */
static int learn(struct preview *p, struct err *err)
{
	static uint8_t ids[PREVIEW_BATCH][16];
	struct db_result *res;
	size_t fresh = 0;
	long rows;
	int rc;

	for (size_t i = 0; i < p->count; i++) {
		struct ledger_row *row;
		int new = hold(p, p->items[i].row.id, &row, err);

		if (new < 0)
			return -1;
		if (new)
			memcpy(ids[fresh++], p->items[i].row.id, 16);
	}
	if (fresh == 0)
		return 0;
	db_param_int2(p->db, rules_build(p->rules));
	db_param_array(p->db, DB_UUID, fresh);
	for (size_t i = 0; i < fresh; i++)
		db_item_uuid(p->db, ids[i]);
	rows = db_query(p->db, operator_sql_preview_rows, &res, err);
	if (rows < 0)
		return -1;
	rc = take_rows(p, res, rows, err);
	db_free(res);
	return rc;
}

static int add_share(struct preview *p, const struct ledger_row *row, int sign, struct err *err)
{
	if (row->state == LEDGER_SUPPRESSED)
		return delta_add(&p->cells, row_cell(row->slot), 0, sign, 0, err);
	return row->state == LEDGER_COUNTED
		       ? delta_add(&p->cells, row_cell(row->slot), sign * (int64_t)row->n, 0, 0, err)
		       : 0;
}

static bool is_in(const struct ledger_row *row)
{
	return row->state && row->state != LEDGER_WITHDRAWN && row->state != LEDGER_REJECTED;
}

/* As ledger_reject.sql: only what came from the very same feed message goes out. */
static int refuse(struct preview *p, const struct item *item, struct ledger_row *row, enum preview_fate *fate,
		  struct err *err)
{
	const struct incident_order *mine = &item->row.order;

	p->reasons[item->reason]++;
	*fate = PREVIEW_REFUSED;
	if (!row->state || row->order.partition != mine->partition || row->order.offset != mine->offset ||
	    row->order.received_at != mine->received_at || row->order.epoch >= mine->epoch)
		return 0;
	if (is_in(row))
		*fate = PREVIEW_TAKEN_OUT;
	if (add_share(p, row, -1, err))
		return -1;
	row->order.epoch = mine->epoch;
	if (mine->revision > row->order.revision)
		row->order.revision = mine->revision;
	row->state = LEDGER_REJECTED;
	row->hash = 0;
	row->n = 0;
	return 0;
}

/* As ledger_upsert.sql. */
static int apply(struct preview *p, const struct item *item, enum preview_fate *fate, struct err *err)
{
	struct ledger_row *row, old;

	if (hold(p, item->row.id, &row, err) < 0)
		return -1;
	if (item->operation == INCIDENT_REJECT)
		return refuse(p, item, row, fate, err);
	old = *row;
	*fate = item->operation == INCIDENT_WITHDRAW ? PREVIEW_WITHDRAWN : PREVIEW_OLDER;
	if (row->state && incident_order_compare(&item->row.order, &row->order) <= 0)
		return 0;
	if (item->operation != INCIDENT_WITHDRAW)
		*fate = old.state && old.hash == item->row.hash ? PREVIEW_SAME
			: is_in(&old)				? PREVIEW_CORRECTED
								: PREVIEW_ADDED;
	*row = item->row;
	if (old.state && old.hash == item->row.hash)
		return 0;
	return add_share(p, &old, -1, err) || add_share(p, row, 1, err) ? -1 : 0;
}

int preview_settle(struct preview *p, enum preview_fate fates[PREVIEW_BATCH], struct err *err)
{
	if (learn(p, err))
		return -1;
	for (size_t i = 0; i < p->count; i++) {
		if (apply(p, &p->items[i], &fates[i], err))
			return -1;
		p->counts[fates[i]]++;
	}
	p->count = 0;
	return 0;
}

int preview_print_cells(struct preview *p, bool json, struct err *err)
{
	struct db_result *res;
	long rows;

	delta_finish(&p->cells);
	db_param_int2(p->db, rules_build(p->rules));
	db_param_array(p->db, DB_INT8, p->cells.count);
	for (size_t i = 0; i < p->cells.count; i++)
		db_item_int8(p->db, p->cells.items[i].key);
	db_param_array(p->db, DB_INT8, p->cells.count);
	for (size_t i = 0; i < p->cells.count; i++)
		db_item_int8(p->db, p->cells.items[i].n);
	rows = db_query(p->db, operator_sql_preview_cells, &res, err);
	if (rows < 0)
		return -1;
	if (json)
		printf("[");
	else if (rows)
		printf("%-8s %-20s %-10s %9s\n", "month", "area", "category", "change");
	for (long i = 0; i < rows && (json || i < SHOWN_CELLS); i++)
		printf(json ? "%s{\"month\": \"%s\", \"area\": \"%s\", \"category\": \"%s\", \"change\": %lld}"
			    : "%s%-8s %-20s %-10s %+9lld\n",
		       json && i ? ", " : "", db_text(res, i, 0, NULL), db_text(res, i, 1, NULL),
		       db_text(res, i, 2, NULL), (long long)db_int(res, i, 3));
	if (json)
		printf("]");
	else if (rows > SHOWN_CELLS)
		printf("... and %ld cells more (--json has them all)\n", rows - SHOWN_CELLS);
	db_free(res);
	return 0;
}
