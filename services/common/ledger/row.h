/* row: an incident as the ledger keeps it: order key, content hash, and where it counts. Plain values. */
#ifndef LAGESBILD_ROW_H
#define LAGESBILD_ROW_H

#include "base/buf.h"
#include "incident/incident.h"
#include <stdbool.h>
#include <stdint.h>

/* States: what is in and how it counts; the letters stand in the table. */
enum ledger_state {
	LEDGER_COUNTED = 'c',	 /* in n */
	LEDGER_SUPPRESSED = 's', /* in n_suppressed: its count is absent */
	LEDGER_ACTIVITY = 'a',
	LEDGER_INFO = 'i',
	LEDGER_UNFOUNDED = 'u',
	LEDGER_WITHDRAWN = 'w',
	LEDGER_REJECTED = 'r',
};

#define LEDGER_NO_HOUR 255

struct ledger_row {
	uint8_t id[16];
	struct incident_order order;
	int64_t hash;	       /* content hash; 0 of a withdraw */
	int64_t slot;	       /* cell << 8 | weekday-hour (Monday 0 h = 0 .. 167; 255 none) */
	int64_t occurred_from; /* ms; INCIDENT_NULL of a withdraw */
	int32_t n;	       /* its count; 0 unless counted */
	int16_t place, type;   /* area id of the place, mapping id; 0 none */
	char state;	       /* enum ledger_state */
	bool late;	       /* arrived after its month's end, and is no signed history */
	bool backfill;
	bool source_removed; /* a withdraw with that reason */
};

/* cell = month << 32 | area << 16 | category << 6 | source. */
static inline int64_t row_cell(int64_t slot)
{
	return slot >> 8;
}

static inline int64_t row_slot(int32_t month, int area, int category, int source, int hour)
{
	return ((((int64_t)month << 32) | ((int64_t)area << 16) | ((int64_t)category << 6) | source) << 8) | hour;
}

/* The record key: the last 4 bytes of the incident's id, itself a keyed hash. Uniform on 0..2^32-1 (cell-key method,
 * HandbookSDC 5.4). */
static inline int64_t row_key(const uint8_t id[16])
{
	return (int64_t)((uint32_t)id[12] << 24 | (uint32_t)id[13] << 16 | (uint32_t)id[14] << 8 | (uint32_t)id[15]);
}

/* Append the row as COPY (FORMAT binary) takes it, columns in the order build, id, revision, received_at, partition,
 * "offset", epoch, hash, slot, occurred_from, n, place, type, state. */
void row_copy(struct buf *b, int16_t build, const struct ledger_row *row);

#endif
