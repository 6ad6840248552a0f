/* fold: topic incidents folded in memory: the ledger that the aggregator would have made of the same records, without a
 * database. For rebuild.
 *
 * Records come partition by partition, or in any order that keeps each partition's. Rows lie in blocks of fixed size
 * and are found by an index of 5 bytes a place; a row costs FOLD_ROW_BYTES at most. What does not fit is folded in
 * several passes over the same records: pass k keeps the incidents whose id hashes to k. Chains are followed in every
 * pass, since they say which records count at all; each record's fate is counted in the pass that has its incident. The
 * result does not depend on the number of passes, nor on the order in which partitions are read (but for the steps
 * between in the change log of an incident that came over two partitions). One thread, but for fold_read. */
#ifndef LAGESBILD_FOLD_H
#define LAGESBILD_FOLD_H

#include "base/err.h"
#include "ledger/row.h"
#include "ledger/rules.h"
#include "ledger/share.h"
#include "positions/chain.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOLD_ROW_BYTES 94

struct fold;

/* One record of topic incidents. */
struct fold_record {
	int32_t partition;
	int64_t offset, append_ms; /* on incidents */
	bool readable;		   /* false: none of ours; only the position moves */
	uint8_t operation;	   /* enum incident_operation */
	struct chain_link link;	   /* its topic is a view into the message */
	struct ledger_row row;
};

/* Fill readable, operation, link and row from a decoded and checked incident by the build's rules; NULL: it is
 * unreadable. record->partition must be set: a record of another partition's chain is none of ours. Any thread. */
void fold_read(struct fold_record *record, const struct rules *rules, const struct incident *in);

/* A line of the change log. */
struct fold_change {
	int64_t offset, append_ms; /* of the record that brought it, on incidents */
	int32_t partition;
	struct share_change change;
};

struct fold_position {
	int64_t next, unreadable;
};

/* partitions: of topic incidents. */
int fold_open(struct fold **fold, int32_t partitions, struct err *err) MUST_CHECK;
void fold_close(struct fold *fold); /* NULL allowed */

/* Begin pass 0, 1, ... of so many, with room for rows_max incidents. Pass 0 forgets everything; each further one keeps
 * what the passes before have counted, and must see the same records. */
int fold_begin(struct fold *fold, unsigned pass, unsigned passes, size_t rows_max, struct err *err) MUST_CHECK;

/* Take one record. 1: there is no room for its incident, and the fold must begin anew with more passes; -1 without
 * memory. */
int fold_take(struct fold *fold, const struct fold_record *record, struct err *err) MUST_CHECK;

/* The same for an array of them, in order, which is much faster than one at a time; stops at the first that is not 0.
 */
int fold_take_all(struct fold *fold, const struct fold_record *records, size_t count, struct err *err) MUST_CHECK;

/* After the last record of each partition, in every pass: gaps that a higher epoch has read past are closed. */
void fold_end_partition(struct fold *fold);

/* The incidents of this pass, in order of first arrival. */
size_t fold_count(const struct fold *fold);
void fold_row(const struct fold *fold, size_t i, struct ledger_row *out);

/* The changes since the last clear. The array lives until the next fold_take. */
const struct fold_change *fold_changes(const struct fold *fold, size_t *count);
void fold_changes_clear(struct fold *fold);

/* Complete after the last pass. */
const struct chain_set *fold_chains(const struct fold *fold);
struct fold_position fold_position(const struct fold *fold, int32_t partition);

#endif
