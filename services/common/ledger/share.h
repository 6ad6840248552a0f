/* share: what an incident's row contributes to cells, hours and places, and why a figure changed. Pure rules, the one
 * place where live path and rebuild agree: the aggregator settles what its statements give back, the rebuild what its
 * fold holds. */
#ifndef LAGESBILD_SHARE_H
#define LAGESBILD_SHARE_H

#include "base/err.h"
#include "ledger/delta.h"
#include "ledger/row.h"
#include "positions/chain.h"
#include <stdbool.h>
#include <stdint.h>

/* A row as it counts. */
struct share {
	int64_t slot;
	int32_t n;
	int16_t place;
	char state; /* enum ledger_state; 0: there was no row */
};

/* Sums of shares. Keys: cell; slot; cell << 16 | place. */
struct share_sums {
	struct delta_table cells, slots, places;
};

void share_sums_init(struct share_sums *s);
void share_sums_release(struct share_sums *s);
void share_sums_clear(struct share_sums *s);

/* Add the share (sign 1) or take it out (-1); key: row_key of the incident. -1 without memory. */
int share_add(struct share_sums *s, const struct share *share, int64_t key, int sign, struct err *err) MUST_CHECK;

/* The share that a record's row makes of the old one. What goes out keeps its cell, so that the change is found there.
 */
struct share share_after(const struct share *old, const struct ledger_row *row);

/* Why a figure changed. Stands as text in the change log. */
enum share_cause {
	SHARE_NO_CHANGE, /* the first, timely (or imported) arrival */
	SHARE_LATE,
	SHARE_BACKFILL,
	SHARE_SOURCE_REMOVED,
	SHARE_WITHDRAWN,
	SHARE_UNFOUNDED,
	SHARE_CORRECTED,
};
const char *share_cause_name(enum share_cause cause); /* "" for none; static storage */

struct share_change {
	int64_t cell, delta;
	enum share_cause cause;
};

/* The lines of the change log when a record takes its row from old to new: 0 to 2, in out. */
int share_changes(enum incident_operation operation, const struct ledger_row *row, const struct share *old,
		  const struct share *new, struct share_change out[2]);

/* What became of the record: the ledger's verdict for an upsert; a withdraw or reject counts as such, won or lost. */
enum chain_fate share_fate(enum incident_operation operation, enum chain_fate verdict);

/* The newest time that the message itself tells, ms; INCIDENT_NULL: none. One without a revision of its own has got our
 * clock's: that is no time in the data, and must not move a demo's "today". */
int64_t share_own_time(const struct ledger_row *row);

#endif
