/* The ledger's part of a transaction: upserts and rejects round by round, and what each changes in cells, hours, places
 * and change log. */
#include "writer_private.h"

#include <stdlib.h>
#include <string.h>

#define COPY_MIN 1000	/* rows of a round from which a COPY of the new ones pays */
#define UPDATE_MIN 1000 /* cells from which trying an UPDATE first pays; live, one statement is quicker */

static int log_change(struct writer *w, const struct record *r, const struct share_change *change, struct err *err)
{
	if (w->change_count == w->change_cap) {
		size_t cap = w->change_cap ? w->change_cap * 2 : 64;
		struct change *more = realloc(w->changes, cap * sizeof *more);

		if (!more)
			return err_set(err, ERR_RETRY, "out of memory for %zu changes", cap);
		w->changes = more;
		w->change_cap = cap;
	}
	w->changes[w->change_count++] =
		(struct change){change->cell, change->delta, r->offset, r->partition, share_cause_name(change->cause)};
	return 0;
}

/* The row has gone from old to what the record says. */
static int settle(struct writer *w, const struct record *r, const struct share *old, struct err *err)
{
	struct share new = share_after(old, &r->row);
	struct share_change changes[2];
	int64_t key = row_key(r->row.id);
	int count = share_changes(r->operation, &r->row, old, &new, changes);

	for (int i = 0; i < count; i++)
		if (log_change(w, r, &changes[i], err))
			return -1;
	return share_add(&w->sums, old, key, -1, err) || share_add(&w->sums, &new, key, 1, err) ? -1 : 0;
}

static void count_fate(struct writer *w, const struct record *r, enum chain_fate verdict)
{
	chain_count(&w->work, r->chain, share_fate(r->operation, verdict), share_own_time(&r->row),
		    r->row.order.received_at);
}

/* The rows that the statement changed come back in the order they went in, those that lost are missing. */
static int settle_all(struct writer *w, struct batch *b, const uint32_t *order, size_t count,
		      const struct db_result *res, struct err *err)
{
	long row = 0, rows = db_rows(res);

	for (size_t i = 0; i < count; i++) {
		const struct record *r = &b->records[order[i]];
		struct share old = {0};
		bool same;

		if (row == rows || memcmp(db_uuid(res, row, 0), r->row.id, 16) != 0) {
			count_fate(w, r, CHAIN_SUPERSEDED);
			continue;
		}
		if (!db_null(res, row, 4))
			old = (struct share){db_int(res, row, 1), (int32_t)db_int(res, row, 2),
					     (int16_t)db_int(res, row, 3), (char)db_int(res, row, 4)};
		same = old.state && db_int(res, row, 5);
		row++;
		count_fate(w, r, same ? CHAIN_DUPLICATE : CHAIN_UPSERTED);
		if (!same && settle(w, r, &old, err))
			return -1;
	}
	return row == rows ? 0
			   : err_set(err, ERR_REJOIN, "the ledger returned rows in another order than they were given");
}

static void param_orders(struct writer *w, const struct batch *b, const uint32_t *order, size_t count)
{
	struct db *db = w->db;

#define EACH_ROW(row)                                                                                                  \
	for (size_t i_ = 0; i_ < count; i_++)                                                                          \
		for (const struct ledger_row *row = &b->records[order[i_]].row; row; row = NULL)
	db_param_int2(db, rules_build(w->rules));
	db_param_array(db, DB_UUID, count);
	EACH_ROW (row)
		db_item_uuid(db, row->id);
	db_param_array(db, DB_INT8, count);
	EACH_ROW (row)
		db_item_int8(db, row->order.revision);
	db_param_array(db, DB_INT8, count);
	EACH_ROW (row)
		db_item_int8(db, row->order.received_at);
	db_param_array(db, DB_INT2, count);
	EACH_ROW (row)
		db_item_int2(db, (int16_t)row->order.partition);
	db_param_array(db, DB_INT8, count);
	EACH_ROW (row)
		db_item_int8(db, row->order.offset);
	db_param_array(db, DB_INT8, count);
	EACH_ROW (row)
		db_item_int8(db, row->order.epoch);
}

static long upsert(struct writer *w, const struct batch *b, const uint32_t *order, size_t count, struct db_result **res,
		   struct err *err)
{
	struct db *db = w->db;

	param_orders(w, b, order, count);
	db_param_array(db, DB_INT8, count);
	EACH_ROW (row)
		db_item_int8(db, row->hash);
	db_param_array(db, DB_INT8, count);
	EACH_ROW (row)
		db_item_int8(db, row->slot);
	db_param_array(db, DB_INT8, count);
	EACH_ROW (row)
		db_item_int8(db, row->occurred_from);
	db_param_array(db, DB_INT4, count);
	EACH_ROW (row)
		db_item_int4(db, row->n);
	db_param_array(db, DB_INT2, count);
	EACH_ROW (row)
		db_item_int2(db, row->place);
	db_param_array(db, DB_INT2, count);
	EACH_ROW (row)
		db_item_int2(db, row->type);
	db_param_array(db, DB_CHAR, count);
	EACH_ROW (row)
		db_item_char(db, row->state);
	return db_run(db, "ledger_upsert", res, err);
}

static int by_id(const void *a, const void *b, void *records)
{
	const struct record *r = records;

	return memcmp(r[*(const uint32_t *)a].row.id, r[*(const uint32_t *)b].row.id, 16);
}

/* The records of one round that the ledger is to see, sorted by id: w->order[0..return). */
static size_t select_round(struct writer *w, struct batch *b, size_t from, size_t to, unsigned round, bool rejects)
{
	size_t count = 0;

	for (size_t i = from; i < to; i++) {
		const struct record *r = &b->records[i];

		if (r->apply && r->round == round && (r->operation == INCIDENT_REJECT) == rejects)
			w->order[count++] = (uint32_t)i;
	}
	qsort_r(w->order, count, sizeof *w->order, by_id, b->records);
	return count;
}

static int apply_rows(struct writer *w, struct batch *b, const uint32_t *order, size_t count, bool rejects,
		      struct err *err)
{
	struct db_result *res;
	int rc;

	if (count == 0)
		return 0;
	if (rejects)
		param_orders(w, b, order, count);
	if ((rejects ? db_run(w->db, "ledger_reject", &res, err) : upsert(w, b, order, count, &res, err)) < 0)
		return -1;
	rc = settle_all(w, b, order, count, res, err);
	db_free(res);
	return rc;
}

/* A round's rows that the ledger cannot hold yet are copied in; only in a backlog, where it pays. */
static int apply_fresh(struct writer *w, struct batch *b, size_t *count, struct err *err)
{
	const struct share none = {0};
	size_t fresh = 0, kept = 0;
	uint32_t *copied = w->order + *count;

	if (*count < COPY_MIN)
		return 0;
	if (fresh_learn(w, err))
		return -1;
	for (size_t i = 0; i < *count; i++)
		if (known_put(&w->known, b->records[w->order[i]].row.id))
			w->order[kept++] = w->order[i];
		else
			copied[fresh++] = w->order[i];
	*count = kept;
	if (fresh == 0)
		return 0;
	w->copied = true;
	if (fresh_copy(w, b, copied, fresh, err))
		return -1;
	for (size_t i = 0; i < fresh; i++) {
		const struct record *r = &b->records[copied[i]];

		count_fate(w, r, CHAIN_UPSERTED);
		if (settle(w, r, &none, err))
			return -1;
	}
	return 0;
}

static int apply_round(struct writer *w, struct batch *b, size_t from, size_t to, unsigned round, struct err *err)
{
	size_t count = select_round(w, b, from, to, round, false);

	if (apply_fresh(w, b, &count, err) || apply_rows(w, b, w->order, count, false, err))
		return -1;
	count = select_round(w, b, from, to, round, true);
	return apply_rows(w, b, w->order, count, true, err);
}

static void param_deltas(struct writer *w, const struct delta_table *t, bool whole)
{
	struct db *db = w->db;

	db_param_int2(db, rules_build(w->rules));
	db_param_array(db, DB_INT8, t->count);
	for (size_t i = 0; i < t->count; i++)
		db_item_int8(db, t->items[i].key);
	db_param_array(db, DB_INT8, t->count);
	for (size_t i = 0; i < t->count; i++)
		db_item_int8(db, t->items[i].n);
	if (!whole)
		return;
	db_param_array(db, DB_INT8, t->count);
	for (size_t i = 0; i < t->count; i++)
		db_item_int8(db, t->items[i].suppressed);
	db_param_array(db, DB_INT8, t->count);
	for (size_t i = 0; i < t->count; i++)
		db_item_int8(db, t->items[i].key_sum);
}

/* The rows that exist, by UPDATE; what remains in the table is new. */
static int update(struct writer *w, struct delta_table *t, const char *statement, bool whole, struct err *err)
{
	struct db_result *res;
	long row = 0, rows;
	size_t kept = 0;

	param_deltas(w, t, whole);
	rows = db_run(w->db, statement, &res, err);
	if (rows < 0)
		return -1;
	for (size_t i = 0; i < t->count; i++)
		if (row < rows && db_int(res, row, 0) == t->items[i].key)
			row++;
		else
			t->items[kept++] = t->items[i];
	t->count = kept;
	db_free(res);
	return row == rows ? 0 : err_set(err, ERR_REJOIN, "cells came back in another order than they were given");
}

static int merge(struct writer *w, struct delta_table *t, const char *statement, bool whole, struct err *err)
{
	if (t->count == 0)
		return 0;
	param_deltas(w, t, whole);
	return db_run(w->db, statement, NULL, err) < 0 ? -1 : 0;
}

/* Sorted, so that two writers take the rows' locks in the same order. */
static int save_deltas(struct writer *w, struct err *err)
{
	delta_finish(&w->sums.cells);
	delta_finish(&w->sums.slots);
	delta_finish(&w->sums.places);
	if (w->sums.cells.count >= UPDATE_MIN && update(w, &w->sums.cells, "cells_update", true, err))
		return -1;
	if (merge(w, &w->sums.cells, "cells_merge", true, err))
		return -1;
	if (w->sums.slots.count >= UPDATE_MIN && update(w, &w->sums.slots, "slots_update", false, err))
		return -1;
	if (merge(w, &w->sums.slots, "slots_merge", false, err))
		return -1;
	return merge(w, &w->sums.places, "places_merge", false, err);
}

static int save_changes(struct writer *w, struct err *err)
{
	struct db *db = w->db;
	size_t count = w->change_count;

	if (count == 0)
		return 0;
	db_param_int2(db, rules_build(w->rules));
	db_param_array(db, DB_INT8, count);
	for (size_t i = 0; i < count; i++)
		db_item_int8(db, w->changes[i].cell);
	db_param_array(db, DB_INT8, count);
	for (size_t i = 0; i < count; i++)
		db_item_int8(db, w->changes[i].delta);
	db_param_array(db, DB_TEXT, count);
	for (size_t i = 0; i < count; i++)
		db_item_text(db, w->changes[i].cause, strlen(w->changes[i].cause));
	db_param_array(db, DB_INT4, count);
	for (size_t i = 0; i < count; i++)
		db_item_int4(db, w->changes[i].partition);
	db_param_array(db, DB_INT8, count);
	for (size_t i = 0; i < count; i++)
		db_item_int8(db, w->changes[i].offset);
	return db_run(db, "changes_add", NULL, err) < 0 ? -1 : 0;
}

static int room_for_order(struct writer *w, size_t count, struct err *err)
{
	uint32_t *more;

	if (count <= w->order_cap)
		return 0;
	more = realloc(w->order, count * sizeof *more);
	if (!more)
		return err_set(err, ERR_RETRY, "out of memory to sort %zu records", count);
	w->order = more;
	w->order_cap = count;
	return 0;
}

int ledger_apply(struct writer *w, struct batch *b, size_t from, size_t to, struct err *err)
{
	share_sums_clear(&w->sums);
	w->change_count = 0;
	if (room_for_order(w, 2 * (to - from), err)) /* a round's rows, and those of them to be copied */
		return -1;
	for (unsigned round = 0; round < b->rounds; round++)
		if (apply_round(w, b, from, to, round, err))
			return -1;
	return save_deltas(w, err) || save_changes(w, err) ? -1 : 0;
}
