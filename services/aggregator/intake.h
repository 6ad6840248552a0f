/* intake: how much came in, by day and source, for view source_health, and which units have reported about which
 * month: a few rows a batch, so that looking at a source's health never scans the ledger. Written in the transaction
 * that takes the records in, so that it counts each once. */
#ifndef LAGESBILD_INTAKE_H
#define LAGESBILD_INTAKE_H

#include "writer_private.h"

/* What a row of table intake counts. The limits, in hours, stand in schemas/sql/004_health.sql too. */
enum intake_measure {
	INTAKE_RECEIVED, /* upserts */
	INTAKE_UNMAPPED, /* of them, those of an unknown type */
	INTAKE_COARSE,	 /* of them, those placed in no municipality */
	INTAKE_LAG,	 /* + i: of them, those that came within the i-th limit after their event */
};
#define INTAKE_LAG_LIMITS 11

/* day: since 1970-01-01 (UTC), of the message's own time (its revision: a history that is imported does not look like
 * one busy day). */
int64_t intake_key(int64_t day, int source, int measure);

/* The measure of a lag; a negative one is the first. INTAKE_LAG + INTAKE_LAG_LIMITS: later than all limits. */
int intake_lag(int64_t lag_ms);

/* Save what the upserts among the records [from, to) with .apply add. */
int intake_save(struct writer *w, const struct batch *b, size_t from, size_t to, struct err *err) MUST_CHECK;

#endif
