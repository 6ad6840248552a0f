/* writer: one build's tables as the aggregator writes them: a batch is one transaction, position and data together.
 *
 * Order in the transaction: positions (the fence), ledger, cells, hours, places, chains, gaps, change log, rejects,
 * NOTIFY. What is in memory (positions, chains) is what has been committed, never what is hoped. */
#ifndef LAGESBILD_WRITER_H
#define LAGESBILD_WRITER_H

#include "batch.h"

#define WRITER_ASSIGN_MAX 1024

struct writer;

/* Connects, prepares, loads the build's rules. Waits for nothing: ERR_RETRY when the database is away. */
int writer_open(struct writer **writer, const char *build, struct err *err) MUST_CHECK;
void writer_close(struct writer *writer);
const struct rules *writer_rules(const struct writer *writer);

/* Partitions that come: reads their positions and chains; start[i] is where to read on. Partitions that go. */
int writer_assign(struct writer *writer, const int32_t *partitions, size_t count, int64_t *start,
		  struct err *err) MUST_CHECK;
void writer_revoke(struct writer *writer, const int32_t *partitions, size_t count);

/* Commit the batch: 0 when every record is in the tables, exactly once. A record that the database refuses is found by
 * halving and becomes a reject (constraint) in the same manner. After a lost connection it reconnects by itself with
 * back-off and finds out whether the COMMIT had been done. ERR_REJOIN: another writer has moved a position: drop all
 * and join the group anew. Gives up with ERR_RETRY only when asked to stop. */
int writer_commit(struct writer *writer, struct batch *batch, struct err *err) MUST_CHECK;

/* Committed records and transactions since open. */
struct writer_counts {
	int64_t records, transactions, constraint_rejects, unreadable;
};
struct writer_counts writer_counts(const struct writer *writer);

#endif
