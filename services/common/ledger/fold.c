#include "ledger/fold.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_ROWS 16384
#define AHEAD 8
#define CLOSE_EVERY 4096 /* records between two looks for gaps that have been overtaken */

/* Epoch and partition of the order key are the chain's. */
struct row {
	uint8_t id[16];
	int64_t revision, received_at, offset, hash, slot, occurred_from;
	int32_t n;
	uint32_t chain;
	int16_t place, type;
	char state;
};
_Static_assert(sizeof(struct row) <= 80, "a row has grown: FOLD_ROW_BYTES must follow");

struct fold {
	struct row **blocks;
	size_t block_count, block_cap;
	size_t count, rows_max;
	uint32_t *index; /* row number + 1; 0: free; linear probing */
	uint8_t *tags;	 /* for each place eight bits more of the id's hash: another's row need not be looked at */
	size_t index_cap;
	unsigned pass, passes;
	int32_t partitions;
	struct fold_position *positions;
	struct chain_set chains; /* pass 0: followed and counted; later: counted */
	struct chain_set
		pursued; /* later passes: followed anew, for the verdicts; chains have the same numbers in both */
	unsigned since_close;
	struct fold_change *changes;
	size_t change_count, change_cap;
};

int fold_open(struct fold **out, int32_t partitions, struct err *err)
{
	struct fold *f = calloc(1, sizeof *f);

	if (f) {
		chain_set_init(&f->chains);
		chain_set_init(&f->pursued);
		f->partitions = partitions;
		f->positions = calloc((size_t)partitions, sizeof *f->positions);
	}
	if (!f || !f->positions) {
		fold_close(f);
		return err_set(err, ERR_RETRY, "out of memory for a fold");
	}
	*out = f;
	return 0;
}

void fold_close(struct fold *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->block_count; i++)
		free(f->blocks[i]);
	free(f->blocks);
	free(f->index);
	free(f->tags);
	free(f->positions);
	free(f->changes);
	chain_set_release(&f->chains);
	chain_set_release(&f->pursued);
	free(f);
}

/* The index is made for the most rows at once, so that it never has to be made anew beside itself. */
static int make_index(struct fold *f, size_t rows_max, struct err *err)
{
	size_t cap = 1024;

	while (cap < rows_max / 3 * 4 + 4)
		cap *= 2;
	free(f->index);
	free(f->tags);
	f->index = calloc(cap, sizeof *f->index);
	f->tags = calloc(cap, sizeof *f->tags);
	if (!f->index || !f->tags)
		return err_set(err, ERR_RETRY, "out of memory for an index of %zu incidents", rows_max);
	f->index_cap = cap;
	f->rows_max = rows_max;
	return 0;
}

int fold_begin(struct fold *f, unsigned pass, unsigned passes, size_t rows_max, struct err *err)
{
	assert(pass < passes && rows_max > 0 && rows_max < UINT32_MAX);
	if (make_index(f, rows_max, err))
		return -1;
	f->count = 0;
	f->pass = pass;
	f->passes = passes;
	f->since_close = 0;
	f->pursued.chain_count = f->pursued.gap_count = 0;
	if (pass > 0)
		return 0;
	f->chains.chain_count = f->chains.gap_count = 0;
	f->change_count = 0;
	memset(f->positions, 0, (size_t)f->partitions * sizeof *f->positions);
	return 0;
}

void fold_read(struct fold_record *r, const struct rules *rules, const struct incident *in)
{
	struct err wrong = {0};

	r->readable = in && in->origin.partition == r->partition && in->origin.topic.len < CHAIN_TOPIC_MAX &&
		      rules_place(rules, in, &r->row, &wrong) == 0;
	if (!r->readable)
		return;
	r->operation = (uint8_t)in->operation;
	r->link = (struct chain_link){in->origin.topic.text, in->origin.topic.len, in->origin.partition,
				      in->origin.epoch,	     in->origin.offset,	   in->origin.sequence};
}

static uint64_t mix(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdu; /* MurmurHash3's finalizer */
	h ^= h >> 33;
	return h;
}

/* Ids are keyed hashes, but nobody promises that of a test's, or of what somebody has written to the topic. Its low
 * half finds the row, its high half the pass. */
static uint64_t hash_id(const uint8_t id[16])
{
	uint64_t low, high;

	memcpy(&low, id, sizeof low);
	memcpy(&high, id + 8, sizeof high);
	return mix(low ^ mix(high + 0x9e3779b97f4a7c15u));
}

static bool is_mine(const struct fold *f, const uint8_t id[16])
{
	return f->passes == 1 || (hash_id(id) >> 32) % f->passes == f->pass;
}

static struct row *row_at(const struct fold *f, size_t i)
{
	return &f->blocks[i / BLOCK_ROWS][i % BLOCK_ROWS];
}

/* The place in the index where the id is, or belongs. */
static uint32_t *find(const struct fold *f, const uint8_t id[16])
{
	uint64_t hash = hash_id(id);
	size_t mask = f->index_cap - 1, at = hash & mask;
	uint8_t tag = (uint8_t)(hash >> 56);

	while (f->index[at] && (f->tags[at] != tag || memcmp(row_at(f, f->index[at] - 1)->id, id, 16) != 0))
		at = (at + 1) & mask;
	f->tags[at] = tag;
	return &f->index[at];
}

static int add_block(struct fold *f, struct err *err)
{
	struct row *block;

	if (f->block_count == f->block_cap) {
		size_t cap = f->block_cap ? f->block_cap * 2 : 64;
		struct row **more = realloc(f->blocks, cap * sizeof *more);

		if (!more)
			return err_set(err, ERR_RETRY, "out of memory for %zu incidents", f->count);
		f->blocks = more;
		f->block_cap = cap;
	}
	block = malloc(BLOCK_ROWS * sizeof *block);
	if (!block)
		return err_set(err, ERR_RETRY, "out of memory for %zu incidents", f->count);
	f->blocks[f->block_count++] = block;
	return 0;
}

/* 0 and *row; 1: full. */
static int add_row(struct fold *f, uint32_t *place, struct row **row, struct err *err)
{
	if (f->count == f->rows_max)
		return 1;
	if (f->count == f->block_count * BLOCK_ROWS && add_block(f, err))
		return -1;
	*row = row_at(f, f->count++);
	*place = (uint32_t)f->count;
	return 0;
}

static struct incident_order order_of(const struct fold *f, const struct row *row)
{
	const struct chain *c = &f->chains.chains[row->chain];

	return (struct incident_order){row->revision, row->received_at, row->offset, c->epoch, c->partition};
}

static void put_row(struct row *row, const struct ledger_row *from, uint32_t chain)
{
	memcpy(row->id, from->id, sizeof row->id);
	row->revision = from->order.revision;
	row->received_at = from->order.received_at;
	row->offset = from->order.offset;
	row->hash = from->hash;
	row->slot = from->slot;
	row->occurred_from = from->occurred_from;
	row->n = from->n;
	row->chain = chain;
	row->place = from->place;
	row->type = from->type;
	row->state = from->state;
}

static int log_changes(struct fold *f, const struct fold_record *r, const struct share *old, struct err *err)
{
	struct share new = share_after(old, &r->row);
	struct share_change changes[2];
	int count = share_changes(r->operation, &r->row, old, &new, changes);

	if (f->change_count + 2 > f->change_cap) {
		size_t cap = f->change_cap ? f->change_cap * 2 : 1024;
		struct fold_change *more = realloc(f->changes, cap * sizeof *more);

		if (!more)
			return err_set(err, ERR_RETRY, "out of memory for %zu changes", cap);
		f->changes = more;
		f->change_cap = cap;
	}
	for (int i = 0; i < count; i++)
		f->changes[f->change_count++] = (struct fold_change){r->offset, r->append_ms, r->partition, changes[i]};
	return 0;
}

static struct share share_of(const struct row *row)
{
	return (struct share){row->slot, row->n, row->place, row->state};
}

/* As ledger_upsert.sql: the order key decides, the content hash tells a duplicate. */
static int upsert(struct fold *f, const struct fold_record *r, uint32_t chain, enum chain_fate *fate, struct err *err)
{
	uint32_t *place = find(f, r->row.id);
	struct share old = {0};
	struct row *row;
	bool same = false;

	if (*place) {
		struct incident_order was;

		row = row_at(f, *place - 1);
		was = order_of(f, row);
		if (incident_order_compare(&r->row.order, &was) <= 0) {
			*fate = CHAIN_SUPERSEDED;
			return 0;
		}
		old = share_of(row);
		same = row->hash == r->row.hash;
	} else {
		int rc = add_row(f, place, &row, err);

		if (rc)
			return rc;
	}
	put_row(row, &r->row, chain);
	*fate = same ? CHAIN_DUPLICATE : CHAIN_UPSERTED;
	return same ? 0 : log_changes(f, r, &old, err);
}

/* As ledger_reject.sql: takes out the row that came from the very feed message now refused. */
static int reject(struct fold *f, const struct fold_record *r, uint32_t chain, struct err *err)
{
	const struct incident_order *o = &r->row.order;
	uint32_t place = *find(f, r->row.id);
	struct row *row = place ? row_at(f, place - 1) : NULL;
	const struct chain *c = row ? &f->chains.chains[row->chain] : NULL;
	struct share old;

	if (!row || c->partition != o->partition || row->offset != o->offset || row->received_at != o->received_at ||
	    c->epoch >= o->epoch)
		return 0;
	old = share_of(row);
	row->chain = chain;
	row->revision = row->revision > o->revision ? row->revision : o->revision;
	row->state = LEDGER_REJECTED;
	row->n = 0;
	row->hash = 0;
	return log_changes(f, r, &old, err);
}

static void close_gaps(struct fold *f)
{
	f->since_close = 0;
	chain_close_overtaken(f->pass ? &f->pursued : &f->chains);
}

void fold_end_partition(struct fold *f)
{
	close_gaps(f);
}

int fold_take(struct fold *f, const struct fold_record *r, struct err *err)
{
	struct fold_position *position = &f->positions[r->partition];
	enum chain_fate fate = CHAIN_REJECTED;
	uint32_t chain;
	int verdict, rc;

	assert(r->partition >= 0 && r->partition < f->partitions);
	if (f->pass == 0) {
		position->next = r->offset + 1;
		position->unreadable += !r->readable;
	}
	if (!r->readable)
		return 0;
	verdict = chain_see(f->pass ? &f->pursued : &f->chains, &r->link, &chain, err);
	if (verdict < 0)
		return -1;
	if (++f->since_close == CLOSE_EVERY)
		close_gaps(f);
	if (verdict != CHAIN_APPLY || !is_mine(f, r->row.id))
		return 0;
	rc = r->operation == INCIDENT_REJECT ? reject(f, r, chain, err) : upsert(f, r, chain, &fate, err);
	if (rc == 0)
		chain_count(&f->chains, chain, share_fate(r->operation, fate), share_own_time(&r->row),
			    r->row.order.received_at);
	return rc;
}

/* The index, and what it names, lie anywhere in memory: asked for some records ahead, they are there when they are
 * needed. */
static void prefetch_place(const struct fold *f, const struct fold_record *r)
{
	size_t at = hash_id(r->row.id) & (f->index_cap - 1);

	if (!r->readable)
		return;
	__builtin_prefetch(&f->index[at], 1);
	__builtin_prefetch(&f->tags[at], 1);
}

static void prefetch_row(const struct fold *f, const struct fold_record *r)
{
	uint64_t hash = hash_id(r->row.id);
	size_t at = hash & (f->index_cap - 1);
	uint32_t place = r->readable ? f->index[at] : 0;

	if (place && f->tags[at] == (uint8_t)(hash >> 56))
		__builtin_prefetch(row_at(f, place - 1), 1);
}

int fold_take_all(struct fold *f, const struct fold_record *records, size_t count, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (i + 2 * AHEAD < count)
			prefetch_place(f, &records[i + 2 * AHEAD]);
		if (i + AHEAD < count)
			prefetch_row(f, &records[i + AHEAD]);
		rc = fold_take(f, &records[i], err);
	}
	return rc;
}

size_t fold_count(const struct fold *f)
{
	return f->count;
}

void fold_row(const struct fold *f, size_t i, struct ledger_row *out)
{
	const struct row *row = row_at(f, i);

	*out = (struct ledger_row){.order = order_of(f, row),
				   .hash = row->hash,
				   .slot = row->slot,
				   .occurred_from = row->occurred_from,
				   .n = row->n,
				   .place = row->place,
				   .type = row->type,
				   .state = row->state};
	memcpy(out->id, row->id, sizeof out->id);
}

const struct fold_change *fold_changes(const struct fold *f, size_t *count)
{
	*count = f->change_count;
	return f->changes;
}

void fold_changes_clear(struct fold *f)
{
	f->change_count = 0;
}

const struct chain_set *fold_chains(const struct fold *f)
{
	return &f->chains;
}

struct fold_position fold_position(const struct fold *f, int32_t partition)
{
	return f->positions[partition];
}
