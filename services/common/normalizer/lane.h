/* lane: one feed partition on its way through a normalizer: which epoch and sequence its next message gets, and how far
 * its records have been acknowledged without a hole. Only that prefix may be committed. No I/O.
 *
 * A message may need several acknowledgements (its record, and a dead letter). A ring keeps what is under way; it is
 * full when LANE_RING messages wait, and then the normalizer waits too. */
#ifndef LAGESBILD_LANE_H
#define LAGESBILD_LANE_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LANE_RING 16384u
#define LANE_METADATA_MAX 96

struct lane_flight {
	int64_t offset, append_ms;
	int waiting; /* acknowledgements still owed */
};

struct lane {
	int32_t partition;
	uint16_t number;     /* of this assignment: a late acknowledgement for an earlier one is none of ours */
	int64_t epoch;	     /* ms */
	int64_t sequence;    /* given to the last message read */
	int64_t last_offset; /* of the last message read; -1 none */
	int64_t check_offset,
		check_append_ms; /* the last committed message, to be met again; check_offset -1: nothing to check */
	int64_t done_sequence, done_offset, done_append_ms; /* the acknowledged prefix */
	bool uncommitted;				    /* the prefix has grown since lane_metadata */
	struct lane_flight *ring;
};

/* A lane that starts a new epoch, or goes on from what a commit's metadata ("epoch,sequence,append time") says: 1 when
 * the metadata was understood, 0 for a new epoch, -1 without memory. */
int lane_open(struct lane *lane, int32_t partition, uint16_t number, const char *metadata, int64_t now_ms,
	      struct err *err) MUST_CHECK;
void lane_close(struct lane *lane);

bool lane_full(const struct lane *lane);

/* The next message has been read: its sequence. */
int64_t lane_read(struct lane *lane, int64_t offset, int64_t append_ms, int acknowledgements);

/* The tag to give to the producer for a message's records, and its parts. */
uint64_t lane_tag(const struct lane *lane, int64_t sequence);
uint16_t lane_tag_number(uint64_t tag);

/* One acknowledgement came in. */
void lane_acknowledge(struct lane *lane, uint64_t tag);

/* One acknowledgement less will come (a dead letter that could not be handed over). */
void lane_forgo(struct lane *lane, int64_t sequence);

/* What to commit: the next offset, or -1 when there is nothing new; metadata gets the text. */
int64_t lane_commit(struct lane *lane, char metadata[LANE_METADATA_MAX]);

#endif
