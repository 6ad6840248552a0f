/* The one transaction that makes the build: what is not committed was never there. */
#include "rebuild.h"

#include "base/run.h"
#include "db/copyrow.h"
#include "operator_sql.h"
#include "progress.h"
#include <string.h>

#define PIECE (256u << 10) /* bytes handed to the COPY at a time */
/* Keys summed in memory: so many, or one for so many bytes of --memory, whichever is less. Then they go to a table. */
#define SUMS_MAX 1000000
#define SUM_BYTES 256

int rebuild_go_on(struct err *err)
{
	return run_stopping() ? err_set(err, ERR_RETRY, "stopped") : 0;
}

/* The log may be long, so the transaction begins with the first thing to be written: nearly always when all is read. */
static int begin(struct rebuild *r, struct err *err)
{
	if (r->writing)
		return 0;
	if (db_script(r->db, "BEGIN", err))
		return -1;
	r->writing = true;
	return db_script(r->db, operator_sql_rebuild_build, err) || db_script(r->db, operator_sql_rebuild_create, err)
		       ? -1
		       : 0;
}

int rebuild_write_abandon(struct rebuild *r, struct err *err)
{
	bool was = r->writing;

	r->writing = false;
	r->put_by = false;
	share_sums_clear(&r->sums);
	return was && !db_broken(r->db) ? db_script(r->db, "ROLLBACK", err) : 0;
}

static int copy_begin(struct rebuild *r, const char *sql, struct err *err)
{
	buf_clear(&r->copy);
	copyrow_begin(&r->copy);
	return db_copy_begin(r->db, sql, err);
}

static int copy_flush(struct rebuild *r, struct err *err)
{
	if (r->copy.overflow)
		return err_set(err, ERR_RETRY, "out of memory to copy rows");
	if (db_copy_put(r->db, r->copy.data, r->copy.len, err))
		return -1;
	buf_clear(&r->copy);
	return 0;
}

/* After each row. */
static int copy_next(struct rebuild *r, struct err *err)
{
	if (r->copy.len < PIECE)
		return 0;
	return rebuild_go_on(err) || copy_flush(r, err) ? -1 : 0;
}

static int copy_end(struct rebuild *r, struct err *err)
{
	copyrow_end(&r->copy);
	return copy_flush(r, err) || db_copy_end(r->db, err) ? -1 : 0;
}

int rebuild_write_changes(struct rebuild *r, struct err *err)
{
	size_t count;
	const struct fold_change *changes = fold_changes(r->fold, &count);

	if (count == 0)
		return 0;
	if (begin(r, err) || copy_begin(r, operator_sql_rebuild_copy_changes, err))
		return -1;
	for (const struct fold_change *c = changes; c < changes + count; c++) {
		const char *cause = share_cause_name(c->change.cause);

		copyrow_columns(&r->copy, 7);
		copyrow_int2(&r->copy, rules_build(r->rules));
		copyrow_int8(&r->copy, c->change.cell);
		copyrow_int8(&r->copy, c->change.delta);
		copyrow_text(&r->copy, cause, strlen(cause));
		copyrow_int4(&r->copy, c->partition);
		copyrow_int8(&r->copy, c->offset);
		copyrow_time(&r->copy, c->append_ms); /* when it became known, whenever this is made */
		if (copy_next(r, err))
			return -1;
	}
	fold_changes_clear(r->fold);
	return copy_end(r, err);
}

static void sum_columns(struct buf *b, const struct delta *d, bool whole)
{
	copyrow_int8(b, d->n);
	if (!whole)
		return;
	copyrow_int8(b, d->suppressed);
	copyrow_int8(b, d->key_sum);
}

/* Key and sums of one table; places: the key is a cell and a place. */
static int write_sums(struct rebuild *r, struct delta_table *t, const char *sql, int columns, struct err *err)
{
	bool whole = t == &r->sums.cells, places = t == &r->sums.places;

	delta_finish(t);
	if (copy_begin(r, sql, err))
		return -1;
	for (const struct delta *d = t->items; d < t->items + t->count; d++) {
		copyrow_columns(&r->copy, columns);
		copyrow_int8(&r->copy, places ? d->key >> 16 : d->key);
		if (places)
			copyrow_int2(&r->copy, (int16_t)(d->key & 0xffff));
		sum_columns(&r->copy, d, whole);
		if (copy_next(r, err))
			return -1;
	}
	delta_clear(t);
	return copy_end(r, err);
}

static int write_all_sums(struct rebuild *r, struct err *err)
{
	return write_sums(r, &r->sums.cells, operator_sql_rebuild_copy_cells, 4, err) ||
			       write_sums(r, &r->sums.slots, operator_sql_rebuild_copy_slots, 2, err) ||
			       write_sums(r, &r->sums.places, operator_sql_rebuild_copy_places, 3, err)
		       ? -1
		       : 0;
}

/* A part of the sums goes to tables of this session, to be summed there with the others. */
static int put_by(struct rebuild *r, struct err *err)
{
	r->put_by = true;
	return write_sums(r, &r->sums.cells, operator_sql_rebuild_copy_more_cells, 4, err) ||
			       write_sums(r, &r->sums.slots, operator_sql_rebuild_copy_more_slots, 2, err) ||
			       write_sums(r, &r->sums.places, operator_sql_rebuild_copy_more_places, 3, err)
		       ? -1
		       : 0;
}

/* Are there more cells and hours than memory is meant for? Then they are summed in parts. */
static bool is_full(const struct rebuild *r)
{
	int64_t keys = (int64_t)(r->sums.slots.count + r->sums.cells.count + r->sums.places.count);

	return keys > SUMS_MAX || keys > r->memory / SUM_BYTES;
}

/* Rows from *i on, and what each contributes, until the sums are full: the server's work hides ours. */
static int copy_part(struct rebuild *r, size_t *i, size_t count, struct progress *progress, struct err *err)
{
	const struct share none = {0};

	if (copy_begin(r, operator_sql_rebuild_copy_ledger, err))
		return -1;
	for (; *i < count && !is_full(r); ++*i) {
		struct ledger_row row;
		struct share share;

		fold_row(r->fold, *i, &row);
		share = share_after(&none, &row);
		row_copy(&r->copy, rules_build(r->rules), &row);
		if (share_add(&r->sums, &share, row_key(row.id), 1, err) || copy_next(r, err))
			return -1;
		if (*i % 4096 == 0)
			progress_at(progress, (int64_t)*i);
	}
	return copy_end(r, err);
}

static int copy_rows(struct rebuild *r, struct err *err)
{
	size_t count = fold_count(r->fold);
	struct progress progress;

	progress_begin(&progress, "writing", "incidents", (int64_t)count);
	for (size_t i = 0; i < count;)
		if (copy_part(r, &i, count, &progress, err) || (is_full(r) && put_by(r, err)))
			return -1;
	progress_end(&progress, (int64_t)count);
	r->incidents += (int64_t)count;
	return 0;
}

int rebuild_write_rows(struct rebuild *r, struct err *err)
{
	return begin(r, err) || rebuild_write_changes(r, err) || copy_rows(r, err) ? -1 : 0;
}

static int write_positions(struct rebuild *r, struct err *err)
{
	if (copy_begin(r, operator_sql_rebuild_copy_positions, err))
		return -1;
	for (int32_t p = 0; p < r->partitions; p++) {
		struct fold_position position = fold_position(r->fold, p);

		copyrow_columns(&r->copy, 4);
		copyrow_int2(&r->copy, rules_build(r->rules));
		copyrow_int4(&r->copy, p);
		copyrow_int8(&r->copy, position.next);
		copyrow_int8(&r->copy, position.unreadable);
	}
	return copy_end(r, err);
}

static void chain_key(struct rebuild *r, const struct chain *c)
{
	copyrow_int2(&r->copy, rules_build(r->rules));
	copyrow_text(&r->copy, c->topic, strlen(c->topic));
	copyrow_int4(&r->copy, c->partition);
	copyrow_int8(&r->copy, c->epoch);
}

static int write_chains(struct rebuild *r, struct err *err)
{
	const struct chain_set *set = fold_chains(r->fold);

	if (copy_begin(r, operator_sql_rebuild_copy_chains, err))
		return -1;
	for (const struct chain *c = set->chains; c < set->chains + set->chain_count; c++) {
		copyrow_columns(&r->copy, 9 + CHAIN_FATES);
		chain_key(r, c);
		copyrow_int8(&r->copy, c->first_offset);
		copyrow_int8(&r->copy, c->last_offset);
		copyrow_int8(&r->copy, c->sequence);
		for (int f = 0; f < CHAIN_FATES; f++)
			copyrow_int8(&r->copy, c->fates[f]);
		copyrow_int8(&r->copy, c->newest_at);
		copyrow_int8(&r->copy, c->last_at);
	}
	return copy_end(r, err);
}

static int write_gaps(struct rebuild *r, struct err *err)
{
	const struct chain_set *set = fold_chains(r->fold);

	if (copy_begin(r, operator_sql_rebuild_copy_gaps, err))
		return -1;
	for (const struct chain_gap *g = set->gaps; g < set->gaps + set->gap_count; g++) {
		copyrow_columns(&r->copy, 8);
		chain_key(r, &set->chains[g->chain]);
		copyrow_int8(&r->copy, g->first_sequence);
		copyrow_int8(&r->copy, g->last_sequence);
		copyrow_int8(&r->copy, g->after_offset);
		copyrow_int8(&r->copy, g->before_offset);
	}
	return copy_end(r, err);
}

static int run_script(struct rebuild *r, const char *what, const char *sql, struct err *err)
{
	struct progress progress;

	if (rebuild_go_on(err))
		return -1;
	progress_begin(&progress, what, "incidents", 0);
	if (db_script(r->db, sql, err))
		return -1;
	progress_end(&progress, r->incidents);
	return 0;
}

int rebuild_write_finish(struct rebuild *r, struct err *err)
{
	struct db_result *res;

	if ((r->put_by ? put_by(r, err) || run_script(r, "summing", operator_sql_rebuild_sums, err)
		       : write_all_sums(r, err)) ||
	    write_positions(r, err) || write_chains(r, err) || write_gaps(r, err) ||
	    run_script(r, "indexing", operator_sql_rebuild_index, err) ||
	    run_script(r, "attaching", operator_sql_rebuild_attach, err) || rebuild_go_on(err) ||
	    db_query(r->db, operator_sql_rebuild_counts, &res, err) < 0)
		return -1;
	r->cells = db_int(res, 0, 0);
	db_free(res);
	run_point("before-commit");
	if (db_script(r->db, "COMMIT", err))
		return -1;
	r->writing = false;
	return 0;
}
