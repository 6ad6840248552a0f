/* What writer.c (sessions, positions, retries) and transaction.c (one transaction's statements) share. */
#ifndef LAGESBILD_WRITER_PRIVATE_H
#define LAGESBILD_WRITER_PRIVATE_H

#include "base/buf.h"
#include "db/db.h"
#include "known.h"
#include "ledger/share.h"
#include "writer.h"

struct owned {
	int32_t partition;
	int64_t next;		   /* committed */
	int64_t moved, unreadable; /* scratch of the transaction: where it will be; records skipped as none of ours */
};

struct change {
	int64_t cell, delta, offset;
	int32_t partition;
	const char *cause;
};

struct writer {
	struct db *db;
	struct rules *rules;
	char build[64];
	struct owned *owned;
	size_t owned_count;
	bool stale; /* chains of partitions that went are still in memory: reload before the next transaction */
	struct chain_set chains, work; /* committed; as the transaction at hand leaves it */
	struct share_sums sums;
	struct delta_table intake;
	struct change *changes;
	size_t change_count, change_cap;
	uint32_t *order; /* scratch: indexes of records, sorted by id */
	size_t order_cap;
	struct known known;
	bool learned; /* known has been told what the ledger holds, or has been given up */
	bool copied;  /* scratch: this transaction has copied rows */
	struct buf copy;
	struct writer_counts counts;
};

/* Run records [from, to) of the batch as one transaction. On success the writer's positions and chains are moved. On
 * failure nothing has changed in memory, and the transaction was rolled back or the session is broken. */
int transaction_run(struct writer *w, struct batch *b, size_t from, size_t to, struct err *err) MUST_CHECK;
int transaction_prepare(struct db *db, struct err *err) MUST_CHECK;
struct owned *transaction_owned(struct writer *w, int32_t partition);

/* transaction_ledger.c: the ledger's statements, and what they change in cells and change log, for the records with
 * .apply. */
int ledger_apply(struct writer *w, struct batch *b, size_t from, size_t to, struct err *err) MUST_CHECK;

/* fresh.c: tell w->known, once, what the ledger holds; copy rows that it does not hold. ERR_MESSAGE (SQLSTATE 23505):
 * another writer has brought one of them. */
int fresh_learn(struct writer *w, struct err *err) MUST_CHECK;
int fresh_copy(struct writer *w, const struct batch *b, const uint32_t *order, size_t count,
	       struct err *err) MUST_CHECK;

#endif
