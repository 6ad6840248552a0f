/* One transaction's statements around the ledger: the fence before it, chains, gaps and rejects after it. */
#include "writer_private.h"

#include "aggregator_sql.h"
#include "base/run.h"
#include "intake.h"
#include <stdlib.h>
#include <string.h>

int transaction_prepare(struct db *db, struct err *err)
{
	static const struct {
		const char *name, *sql;
	} statements[] = {
		{"begin", aggregator_sql_begin},
		{"commit", aggregator_sql_commit},
		{"positions_read", aggregator_sql_positions_read},
		{"chains_read", aggregator_sql_chains_read},
		{"gaps_read", aggregator_sql_gaps_read},
		{"positions_move", aggregator_sql_positions_move},
		{"ledger_upsert", aggregator_sql_ledger_upsert},
		{"ledger_reject", aggregator_sql_ledger_reject},
		{"cells_update", aggregator_sql_cells_update},
		{"slots_update", aggregator_sql_slots_update},
		{"cells_merge", aggregator_sql_cells_merge},
		{"slots_merge", aggregator_sql_slots_merge},
		{"places_merge", aggregator_sql_places_merge},
		{"chains_save", aggregator_sql_chains_save},
		{"gaps_clear", aggregator_sql_gaps_clear},
		{"gaps_save", aggregator_sql_gaps_save},
		{"changes_add", aggregator_sql_changes_add},
		{"rejects_save", aggregator_sql_rejects_save},
		{"intake_merge", aggregator_sql_intake_merge},
		{"reporters_add", aggregator_sql_reporters_add},
		{"ledger_size", aggregator_sql_ledger_size},
		{"ledger_ids", aggregator_sql_ledger_ids},
		{"notify", aggregator_sql_notify},
	};

	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
		if (db_prepare(db, statements[i].name, statements[i].sql, err))
			return -1;
	return 0;
}

struct owned *transaction_owned(struct writer *w, int32_t partition)
{
	for (size_t i = 0; i < w->owned_count; i++)
		if (w->owned[i].partition == partition)
			return &w->owned[i];
	return NULL;
}

/* Where the batch moves each position. A record that is not past its position was read before: the member is not what
 * it believes. */
static int plan_positions(struct writer *w, const struct batch *b, size_t from, size_t to, struct err *err)
{
	for (size_t i = 0; i < w->owned_count; i++) {
		w->owned[i].moved = w->owned[i].next;
		w->owned[i].unreadable = 0;
	}
	for (size_t i = from; i < to; i++) {
		const struct record *r = &b->records[i];
		struct owned *o = transaction_owned(w, r->partition);

		if (!o || r->offset < o->moved)
			return err_set(err, ERR_REJOIN, "a record of partition %d is not past its position",
				       r->partition);
		o->moved = r->offset + 1;
		o->unreadable += !r->readable;
	}
	return 0;
}

static bool moves(const struct owned *o)
{
	return o->moved != o->next;
}

static int move_positions(struct writer *w, struct err *err)
{
	struct db *db = w->db;
	size_t count = 0;
	long moved;

	for (size_t i = 0; i < w->owned_count; i++)
		count += moves(&w->owned[i]);
	db_param_int2(db, rules_build(w->rules));
	db_param_array(db, DB_INT4, count);
	for (size_t i = 0; i < w->owned_count; i++)
		if (moves(&w->owned[i]))
			db_item_int4(db, w->owned[i].partition);
	db_param_array(db, DB_INT8, count);
	for (size_t i = 0; i < w->owned_count; i++)
		if (moves(&w->owned[i]))
			db_item_int8(db, w->owned[i].next);
	db_param_array(db, DB_INT8, count);
	for (size_t i = 0; i < w->owned_count; i++)
		if (moves(&w->owned[i]))
			db_item_int8(db, w->owned[i].moved);
	db_param_array(db, DB_INT8, count);
	for (size_t i = 0; i < w->owned_count; i++)
		if (moves(&w->owned[i]))
			db_item_int8(db, w->owned[i].unreadable);
	db_param_text(db, rules_version(w->rules), strlen(rules_version(w->rules)));
	moved = db_run(db, "positions_move", NULL, err);
	if (moved < 0)
		return -1;
	return moved == (long)count
		       ? 0
		       : err_set(err, ERR_REJOIN,
				 "another writer has moved the positions of this build, or its rules have grown");
}

/* The chain arithmetic of the whole range, on a copy: it decides which records the ledger sees at all. */
static int follow_chains(struct writer *w, struct batch *b, size_t from, size_t to, struct err *err)
{
	if (chain_set_copy(&w->work, &w->chains, err))
		return -1;
	chain_set_clean(&w->work);
	for (size_t i = from; i < to; i++) {
		struct record *r = &b->records[i];
		const char *topic = b->topics[r->topic];
		struct chain_link link = {topic, strlen(topic), r->partition, r->epoch, r->feed_offset, r->sequence};
		int verdict;

		r->apply = false;
		if (!r->readable)
			continue;
		verdict = chain_see(&w->work, &link, &r->chain, err);
		if (verdict < 0)
			return -1;
		r->apply = verdict == CHAIN_APPLY;
	}
	return 0;
}

#define EACH_TOUCHED(c)                                                                                                \
	for (const struct chain *c = w->work.chains, *end_ = c + w->work.chain_count; c < end_; c++)                   \
		if (c->touched)

static int save_chains(struct writer *w, struct err *err)
{
	struct db *db = w->db;
	size_t count = 0;

	EACH_TOUCHED (c)
		count++;
	if (count == 0)
		return 0;
	db_param_int2(db, rules_build(w->rules));
	db_param_array(db, DB_TEXT, count);
	EACH_TOUCHED (c)
		db_item_text(db, c->topic, strlen(c->topic));
	db_param_array(db, DB_INT4, count);
	EACH_TOUCHED (c)
		db_item_int4(db, c->partition);
	db_param_array(db, DB_INT8, count);
	EACH_TOUCHED (c)
		db_item_int8(db, c->epoch);
	db_param_array(db, DB_INT8, count);
	EACH_TOUCHED (c)
		db_item_int8(db, c->first_offset);
	db_param_array(db, DB_INT8, count);
	EACH_TOUCHED (c)
		db_item_int8(db, c->last_offset);
	db_param_array(db, DB_INT8, count);
	EACH_TOUCHED (c)
		db_item_int8(db, c->sequence);
	for (int f = 0; f < CHAIN_FATES; f++) {
		db_param_array(db, DB_INT8, count);
		EACH_TOUCHED (c)
			db_item_int8(db, c->fates[f]);
	}
	db_param_array(db, DB_INT8, count);
	EACH_TOUCHED (c)
		db_item_int8(db, c->newest_at);
	db_param_array(db, DB_INT8, count);
	EACH_TOUCHED (c)
		db_item_int8(db, c->last_at);
	return db_run(db, "chains_save", NULL, err) < 0 ? -1 : 0;
}

/* Is the gap in a partition that this transaction moves? Only those are fenced: another partition may be somebody
 * else's already. */
static bool fenced(struct writer *w, const struct chain_gap *gap)
{
	const struct owned *o = transaction_owned(w, w->work.chains[gap->chain].partition);

	return o && moves(o);
}

#define EACH_GAP(g)                                                                                                    \
	for (const struct chain_gap *g = w->work.gaps, *end_ = g + w->work.gap_count; g < end_; g++)                   \
		if (fenced(w, g))

static int clear_gaps(struct writer *w, struct err *err)
{
	size_t count = 0;

	for (size_t i = 0; i < w->owned_count; i++)
		count += moves(&w->owned[i]);
	db_param_int2(w->db, rules_build(w->rules));
	db_param_array(w->db, DB_INT4, count);
	for (size_t i = 0; i < w->owned_count; i++)
		if (moves(&w->owned[i]))
			db_item_int4(w->db, w->owned[i].partition);
	return db_run(w->db, "gaps_clear", NULL, err) < 0 ? -1 : 0;
}

/* Gaps are few and rarely change: all of the partitions that move are written anew. */
static int save_gaps(struct writer *w, struct err *err)
{
	const struct chain *chains = w->work.chains;
	struct db *db = w->db;
	size_t count = 0;

	if (!w->work.gaps_touched)
		return 0;
	if (clear_gaps(w, err))
		return -1;
	EACH_GAP (g)
		count++;
	if (count == 0)
		return 0;
	db_param_int2(db, rules_build(w->rules));
	db_param_array(db, DB_TEXT, count);
	EACH_GAP (g)
		db_item_text(db, chains[g->chain].topic, strlen(chains[g->chain].topic));
	db_param_array(db, DB_INT4, count);
	EACH_GAP (g)
		db_item_int4(db, chains[g->chain].partition);
	db_param_array(db, DB_INT8, count);
	EACH_GAP (g)
		db_item_int8(db, chains[g->chain].epoch);
	db_param_array(db, DB_INT8, count);
	EACH_GAP (g)
		db_item_int8(db, g->first_sequence);
	db_param_array(db, DB_INT8, count);
	EACH_GAP (g)
		db_item_int8(db, g->last_sequence);
	db_param_array(db, DB_INT8, count);
	EACH_GAP (g)
		db_item_int8(db, g->after_offset);
	db_param_array(db, DB_INT8, count);
	EACH_GAP (g)
		db_item_int8(db, g->before_offset);
	return db_run(db, "gaps_save", NULL, err) < 0 ? -1 : 0;
}

#define EACH_REJECT(r)                                                                                                 \
	for (const struct record *r = b->records + from, *end_ = b->records + to; r < end_; r++)                       \
		if (r->apply && r->operation == INCIDENT_REJECT)

static int save_rejects(struct writer *w, const struct batch *b, size_t from, size_t to, struct err *err)
{
	struct db *db = w->db;
	size_t count = 0;

	EACH_REJECT (r)
		count++;
	if (count == 0)
		return 0;
	db_param_array(db, DB_TEXT, count);
	EACH_REJECT (r)
		db_item_text(db, b->topics[r->topic], strlen(b->topics[r->topic]));
	db_param_array(db, DB_INT4, count);
	EACH_REJECT (r)
		db_item_int4(db, r->partition);
	db_param_array(db, DB_INT8, count);
	EACH_REJECT (r)
		db_item_int8(db, r->feed_offset);
	db_param_array(db, DB_INT8, count);
	EACH_REJECT (r)
		db_item_int8(db, r->epoch);
	db_param_array(db, DB_TEXT, count);
	EACH_REJECT (r)
		db_item_text(db, err_reason_name(r->reason), strlen(err_reason_name(r->reason)));
	db_param_array(db, DB_TEXT, count);
	EACH_REJECT (r)
		db_item_text(db, (const char *)b->texts.data + r->detail, r->detail_len);
	db_param_array(db, DB_INT8, count);
	EACH_REJECT (r)
		db_item_int8(db, r->row.order.received_at);
	return db_run(db, "rejects_save", NULL, err) < 0 ? -1 : 0;
}

static int statements(struct writer *w, struct batch *b, size_t from, size_t to, struct err *err)
{
	if (db_run(w->db, "begin", NULL, err) < 0 || move_positions(w, err) || ledger_apply(w, b, from, to, err))
		return -1;
	chain_close_overtaken(&w->work);
	/* Rejects last: an aggregator of another build with the same ones waits from here to the commit. */
	if (save_chains(w, err) || save_gaps(w, err) || intake_save(w, b, from, to, err) ||
	    save_rejects(w, b, from, to, err))
		return -1;
	db_param_int2(w->db, rules_build(w->rules));
	if (db_run(w->db, "notify", NULL, err) < 0)
		return -1;
	run_point("before-commit");
	return db_run(w->db, "commit", NULL, err) < 0 ? -1 : 0;
}

static int attempt(struct writer *w, struct batch *b, size_t from, size_t to, struct err *err)
{
	struct chain_set swap;

	w->copied = false;
	if (plan_positions(w, b, from, to, err) || follow_chains(w, b, from, to, err))
		return -1;
	if (statements(w, b, from, to, err)) {
		struct err ignored = {0};

		if (!db_broken(w->db) && db_script(w->db, "ROLLBACK", &ignored))
			return err->kind == ERR_MESSAGE ? err_set(err, ERR_RETRY, "%s", ignored.text) : -1;
		return -1;
	}
	run_point("after-commit");
	swap = w->chains;
	w->chains = w->work;
	w->work = swap;
	for (size_t i = 0; i < w->owned_count; i++) {
		w->owned[i].next = w->owned[i].moved;
		w->counts.unreadable += w->owned[i].unreadable;
	}
	w->counts.records += (int64_t)(to - from);
	w->counts.transactions++;
	return 0;
}

int transaction_run(struct writer *w, struct batch *b, size_t from, size_t to, struct err *err)
{
	if (attempt(w, b, from, to, err) == 0)
		return 0;
	if (err->kind != ERR_MESSAGE || !w->copied || !db_duplicate(w->db))
		return -1;
	/* Another writer's rows are among ours: from now on every row goes the way that allows for it. */
	known_release(&w->known);
	return attempt(w, b, from, to, err);
}
