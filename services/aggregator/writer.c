#include "writer_private.h"

#include "aggregator_sql.h"
#include "base/log.h"
#include "base/run.h"
#include "meter.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Says that this session writes the build, for as long as it lives: drop waits for that. */
static int share_build(struct db *db, const struct writer *w, const struct rules *rules, struct err *err)
{
	struct db_result *res;
	bool shared;

	db_param_int2(db, rules_build(rules));
	if (db_query(db, aggregator_sql_build_share, &res, err) < 0)
		return -1;
	shared = db_int(res, 0, 0);
	db_free(res);
	return shared ? 0 : err_set(err, ERR_CONFIG, "build \"%s\" is being dropped", w->build);
}

static int connect_and_load(struct writer *w, struct err *err)
{
	struct rules *rules = NULL;
	struct db *db = NULL;

	if (db_open(&db, "aggregator", 60000, err))
		return -1;
	if (db_script(db, aggregator_sql_session, err) || transaction_prepare(db, err) ||
	    rules_load(&rules, db, w->build, err) || share_build(db, w, rules, err)) {
		rules_close(rules);
		db_close(db);
		return -1;
	}
	db_close(w->db);
	w->db = db;
	/* What is in hand was placed by the old rules: should they have grown meanwhile, the fence sends it back. */
	if (w->rules)
		rules_close(rules);
	else
		w->rules = rules;
	return 0;
}

int writer_open(struct writer **out, const char *build, struct err *err)
{
	struct writer *w = calloc(1, sizeof *w);

	if (!w)
		return err_set(err, ERR_RETRY, "out of memory");
	snprintf(w->build, sizeof w->build, "%s", build);
	chain_set_init(&w->chains);
	chain_set_init(&w->work);
	buf_init(&w->copy, 256u << 20);
	share_sums_init(&w->sums);
	delta_init(&w->intake);
	if (connect_and_load(w, err)) {
		writer_close(w);
		return -1;
	}
	*out = w;
	return 0;
}

void writer_close(struct writer *w)
{
	if (!w)
		return;
	db_close(w->db);
	rules_close(w->rules);
	chain_set_release(&w->chains);
	chain_set_release(&w->work);
	share_sums_release(&w->sums);
	delta_release(&w->intake);
	known_release(&w->known);
	buf_release(&w->copy);
	free(w->owned);
	free(w->changes);
	free(w->order);
	free(w);
}

const struct rules *writer_rules(const struct writer *w)
{
	return w->rules;
}

struct writer_counts writer_counts(const struct writer *w)
{
	return w->counts;
}

static void param_partitions(struct writer *w, const int32_t *partitions, size_t count)
{
	db_param_int2(w->db, rules_build(w->rules));
	db_param_array(w->db, DB_INT4, count);
	for (size_t i = 0; i < count; i++)
		db_item_int4(w->db, partitions[i]);
}

static int read_positions(struct writer *w, const int32_t *partitions, size_t count, int64_t *next, struct err *err)
{
	struct db_result *res;
	long rows;

	param_partitions(w, partitions, count);
	rows = db_run(w->db, "positions_read", &res, err);
	if (rows < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		next[i] = -1;
	for (long r = 0; r < rows; r++)
		for (size_t i = 0; i < count; i++)
			if (partitions[i] == db_int(res, r, 0))
				next[i] = db_int(res, r, 1);
	db_free(res);
	for (size_t i = 0; i < count; i++)
		if (next[i] < 0)
			return err_set(
				err, ERR_CONFIG,
				"build \"%s\" has no position for partition %d of incidents; run \"lagesbild setup\"",
				w->build, partitions[i]);
	return 0;
}

static void chain_of_row(const struct db_result *res, long row, struct chain *c)
{
	memset(c, 0, sizeof *c);
	snprintf(c->topic, sizeof c->topic, "%s", db_text(res, row, 0, NULL));
	c->partition = (int32_t)db_int(res, row, 1);
	c->epoch = db_int(res, row, 2);
	c->first_offset = db_int(res, row, 3);
	c->last_offset = db_int(res, row, 4);
	c->sequence = db_int(res, row, 5);
	for (int f = 0; f < CHAIN_FATES; f++)
		c->fates[f] = db_int(res, row, 6 + f);
	c->newest_at = db_int(res, row, 12);
	c->last_at = db_int(res, row, 13);
}

static int read_gaps(struct writer *w, const int32_t *partitions, size_t count, struct err *err)
{
	struct db_result *res;
	long rows;
	int rc = 0;

	param_partitions(w, partitions, count);
	rows = db_run(w->db, "gaps_read", &res, err);
	if (rows < 0)
		return -1;
	for (long r = 0; rc == 0 && r < rows; r++) {
		size_t len;
		const char *topic = db_text(res, r, 0, &len);
		long chain = chain_set_find(&w->chains, topic, len, (int32_t)db_int(res, r, 1), db_int(res, r, 2));
		struct chain_gap gap = {
			.chain = (uint32_t)chain,
			.first_sequence = db_int(res, r, 3),
			.last_sequence = db_int(res, r, 4),
			.after_offset = db_int(res, r, 5),
			.before_offset = db_int(res, r, 6),
		};

		rc = chain < 0 ? err_set(err, ERR_CONFIG, "a gap of topic %s belongs to no chain", topic)
			       : chain_set_add_gap(&w->chains, &gap, err);
	}
	db_free(res);
	return rc;
}

static int read_chains(struct writer *w, const int32_t *partitions, size_t count, struct err *err)
{
	struct db_result *res;
	struct chain c;
	long rows;
	int rc = 0;

	param_partitions(w, partitions, count);
	rows = db_run(w->db, "chains_read", &res, err);
	if (rows < 0)
		return -1;
	for (long r = 0; rc == 0 && r < rows; r++) {
		chain_of_row(res, r, &c);
		rc = chain_set_add(&w->chains, &c, err);
	}
	db_free(res);
	return rc ? rc : read_gaps(w, partitions, count, err);
}

/* What the tables say of the partitions we own, afresh. */
static int reload(struct writer *w, struct err *err)
{
	int32_t partitions[WRITER_ASSIGN_MAX];
	int64_t next[WRITER_ASSIGN_MAX];

	for (size_t i = 0; i < w->owned_count; i++)
		partitions[i] = w->owned[i].partition;
	w->chains.chain_count = w->chains.gap_count = 0;
	w->chains.gaps_touched = false;
	w->stale = false;
	if (w->owned_count == 0)
		return 0;
	if (read_positions(w, partitions, w->owned_count, next, err) || read_chains(w, partitions, w->owned_count, err))
		return -1;
	for (size_t i = 0; i < w->owned_count; i++) {
		/* A database that went back (a standby, a restore): what lies between must be read again. */
		if (next[i] < w->owned[i].next)
			return err_set(err, ERR_REJOIN, "the position of partition %d went back",
				       w->owned[i].partition);
		w->owned[i].next = next[i];
	}
	return 0;
}

int writer_assign(struct writer *w, const int32_t *partitions, size_t count, int64_t *start, struct err *err)
{
	size_t before = w->owned_count;
	struct owned *more = realloc(w->owned, (before + count) * sizeof *more);

	if (!more)
		return err_set(err, ERR_RETRY, "out of memory for %zu partitions", before + count);
	w->owned = more;
	if (before + count > WRITER_ASSIGN_MAX)
		return err_set(err, ERR_CONFIG, "more than %d partitions in one aggregator", WRITER_ASSIGN_MAX);
	for (size_t i = 0; i < count; i++)
		w->owned[before + i] = (struct owned){.partition = partitions[i]};
	w->owned_count = before + count;
	if (reload(w, err)) {
		w->owned_count = before;
		return -1;
	}
	for (size_t i = 0; i < count; i++)
		start[i] = w->owned[before + i].next;
	return 0;
}

void writer_revoke(struct writer *w, const int32_t *partitions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct owned *o = transaction_owned(w, partitions[i]);

		if (o)
			*o = w->owned[--w->owned_count];
	}
	w->stale = true; /* no database call here: the group waits for this to return */
}

/* Reconnect until it works. Only a stop or a configuration error ends it otherwise. failures: how often what follows
 * has failed already, for the first pause. */
static int recover(struct writer *w, unsigned failures, struct err *err)
{
	meter_database(true);
	for (unsigned attempt = failures; !run_stopping(); attempt++) {
		run_pause(run_backoff_ms(attempt));
		if (connect_and_load(w, err) == 0 && reload(w, err) == 0)
			return 0;
		if (err->kind == ERR_CONFIG || err->kind == ERR_REJOIN)
			return -1;
		log_text(LOG_WARNING, "database-away", "%s", err->text);
	}
	return err_set(err, ERR_RETRY, "asked to stop while the database was away");
}

/* After a failed transaction: the positions tell whether it was done after all. 1 done, 0 not done, -1 someone else's.
 */
static int done_after_all(struct writer *w, const struct batch *b, size_t from, size_t to)
{
	bool done = false, undone = false;

	for (size_t i = from; i < to; i++) {
		const struct record *r = &b->records[i];
		const struct owned *o = transaction_owned(w, r->partition);

		if (!o)
			return -1;
		done = done || r->offset < o->next;
		undone = undone || r->offset >= o->next;
	}
	return done && undone ? -1 : done;
}

static int commit_range(struct writer *w, struct batch *b, size_t from, size_t to, struct err *err);

static int refuse_one(struct writer *w, struct batch *b, size_t at, struct err *err)
{
	struct record *r = &b->records[at];

	if (r->reason == REASON_CONSTRAINT && r->operation == INCIDENT_REJECT)
		return err_set(err, ERR_CONFIG, "a record is refused by the database even as a reject: %s", err->text);
	r->operation = INCIDENT_REJECT;
	r->reason = REASON_CONSTRAINT;
	r->row.state = LEDGER_REJECTED;
	r->row.order.epoch = INT64_MIN; /* takes no row out: it never was in */
	r->detail = (uint32_t)b->texts.len;
	r->detail_len = (uint32_t)strlen(err->text);
	if (r->detail_len > b->texts.max - b->texts.len)
		r->detail_len = 0; /* the reason alone must do */
	buf_append(&b->texts, err->text, r->detail_len);
	if (b->texts.overflow)
		return err_set(err, ERR_RETRY, "out of memory for the text of a reject");
	w->counts.constraint_rejects++;
	return commit_range(w, b, at, at + 1, err);
}

static int halve(struct writer *w, struct batch *b, size_t from, size_t to, struct err *err)
{
	size_t middle = from + (to - from) / 2;

	return commit_range(w, b, from, middle, err) || commit_range(w, b, middle, to, err) ? -1 : 0;
}

/* Halve until the record at fault stands alone. */
static int bisect(struct writer *w, struct batch *b, size_t from, size_t to, struct err *err)
{
	return to - from == 1 ? refuse_one(w, b, from, err) : halve(w, b, from, to, err);
}

/* A second failure may be a time-out that the same size meets every time, or one locked row: the halves are less work,
 * and the other one goes on. */
static int commit_range(struct writer *w, struct batch *b, size_t from, size_t to, struct err *err)
{
	for (unsigned failures = 0; transaction_run(w, b, from, to, err); failures++) {
		int done;

		if (err->kind == ERR_MESSAGE)
			return bisect(w, b, from, to, err);
		if (err->kind != ERR_RETRY)
			return -1;
		log_text(LOG_WARNING, "transaction-failed", "%s", err->text);
		if (recover(w, failures, err))
			return -1;
		done = done_after_all(w, b, from, to);
		if (done < 0)
			return err_set(err, ERR_REJOIN,
				       "another writer moved our positions while the database was away");
		if (done)
			return 0;
		if (failures > 0 && to - from > 1)
			return halve(w, b, from, to, err);
	}
	return 0;
}

int writer_commit(struct writer *w, struct batch *b, struct err *err)
{
	struct writer_counts before = w->counts;
	int64_t since_ms = run_monotonic_ms();

	if (b->count == 0) {
		batch_clear(b); /* what batch_drop has left of it */
		return 0;
	}
	if (w->stale && reload(w, err) && (err->kind != ERR_RETRY || recover(w, 0, err)))
		return -1;
	if (commit_range(w, b, 0, b->count, err))
		return -1;
	meter_committed(&w->counts, &before, &w->chains, b->count, run_monotonic_ms() - since_ms);
	batch_clear(b);
	return 0;
}
