/* Rows that the ledger does not hold yet go in by COPY: a third of an upsert's cost, which needs a probe, a speculative
 * insert, its confirmation and a returned row each. */
#include "writer_private.h"

#include "aggregator_sql.h"
#include "db/copyrow.h"
#include <string.h>

#define LEARN_MAX 4000000 /* a larger ledger is not read: its backlog takes the upsert, as always */

static int learn_range(struct writer *w, unsigned first_byte, struct err *err)
{
	uint8_t low[16] = {(uint8_t)first_byte}, high[16];
	struct db_result *res;
	long rows;

	memset(high, 0xff, sizeof high);
	high[0] = (uint8_t)first_byte;
	db_param_int2(w->db, rules_build(w->rules));
	db_param_uuid(w->db, low);
	db_param_uuid(w->db, high);
	rows = db_run(w->db, "ledger_ids", &res, err);
	for (long i = 0; i < rows; i++)
		known_put(&w->known, db_uuid(res, i, 0));
	if (rows >= 0)
		db_free(res);
	return rows < 0 ? -1 : 0;
}

static int64_t ledger_size(struct writer *w, struct err *err)
{
	struct db_result *res;
	int64_t size;

	db_param_int2(w->db, rules_build(w->rules));
	if (db_run(w->db, "ledger_size", &res, err) < 0)
		return -1;
	size = db_int(res, 0, 0);
	db_free(res);
	return size;
}

int fresh_learn(struct writer *w, struct err *err)
{
	int64_t size;

	if (w->learned)
		return 0;
	size = ledger_size(w, err);
	if (size < 0)
		return -1;
	w->learned = true;
	if (size > LEARN_MAX || !known_begin(&w->known))
		return 0;
	for (unsigned first_byte = 0; size > 0 && first_byte < 256; first_byte++)
		if (learn_range(w, first_byte, err)) {
			known_release(&w->known);
			return -1;
		}
	return 0;
}

int fresh_copy(struct writer *w, const struct batch *b, const uint32_t *order, size_t count, struct err *err)
{
	buf_clear(&w->copy);
	copyrow_begin(&w->copy);
	for (size_t i = 0; i < count; i++)
		row_copy(&w->copy, rules_build(w->rules), &b->records[order[i]].row);
	copyrow_end(&w->copy);
	if (w->copy.overflow)
		return err_set(err, ERR_RETRY, "out of memory to copy %zu rows", count);
	return db_copy(w->db, aggregator_sql_ledger_copy, (const char *)w->copy.data, w->copy.len, err);
}
