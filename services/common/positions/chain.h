/* chain: the arithmetic of the chain of custody, for one partition, in memory, without I/O.
 *
 * Every record on incidents says which feed message it stands for (topic, partition, epoch, offset) and that it was the
 * n-th read in that chain. From that alone chain_see tells the next record, a gap, a redelivery, the healing of a gap
 * and a record that a higher epoch has already overtaken. The same code serves the live path and the rebuild; what it
 * holds is what tables chain and gap keep. */
#ifndef LAGESBILD_CHAIN_H
#define LAGESBILD_CHAIN_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHAIN_TOPIC_MAX 64

enum chain_fate {
	CHAIN_UPSERTED,
	CHAIN_DUPLICATE,
	CHAIN_SUPERSEDED,
	CHAIN_WITHDRAWN,
	CHAIN_REJECTED,
	CHAIN_REDELIVERED,
	CHAIN_FATES
};

struct chain {
	char topic[CHAIN_TOPIC_MAX];
	int32_t partition;
	int64_t epoch, first_offset, last_offset;
	int64_t sequence;	    /* the highest seen: how many messages the normalizer has read in this chain */
	int64_t fates[CHAIN_FATES]; /* all but redelivered add up with lost to sequence */
	int64_t newest_at;	    /* newest time that a message told, ms */
	int64_t last_at;	    /* append time of the last feed message, ms */
	bool touched;		    /* changed since chain_set_clean */
};

/* An open interval of sequences nobody has seen, and the offsets between which their messages lie (exclusive). */
struct chain_gap {
	uint32_t chain; /* index in the set */
	int64_t first_sequence, last_sequence;
	int64_t after_offset, before_offset;
};

struct chain_set {
	struct chain *chains;
	size_t chain_count, chain_cap;
	struct chain_gap *gaps;
	size_t gap_count, gap_cap;
	bool gaps_touched;
};

void chain_set_init(struct chain_set *set);
void chain_set_release(struct chain_set *set);

/* Make `to` (initialised) the same as `from`. -1 without memory. */
int chain_set_copy(struct chain_set *to, const struct chain_set *from, struct err *err) MUST_CHECK;
void chain_set_clean(struct chain_set *set); /* nothing counts as touched */

/* Add a chain or gap read from the tables. -1 without memory. */
int chain_set_add(struct chain_set *set, const struct chain *chain, struct err *err) MUST_CHECK;
int chain_set_add_gap(struct chain_set *set, const struct chain_gap *gap, struct err *err) MUST_CHECK;

/* The chain (topic, partition, epoch), or -1. */
long chain_set_find(const struct chain_set *set, const char *topic, size_t topic_len, int32_t partition, int64_t epoch);

enum chain_verdict {
	CHAIN_APPLY,	 /* new: apply it, then count its fate with chain_count */
	CHAIN_AGAIN,	 /* redelivered: already counted here */
	CHAIN_OVERTAKEN, /* a higher epoch has read its offset: already counted as superseded */
};

struct chain_link {
	const char *topic;
	size_t topic_len;
	int32_t partition;
	int64_t epoch, offset, sequence;
};

/* Take note of one record. *index is its chain. Returns a chain_verdict, or -1 (ERR_MESSAGE for a link that is none of
 * ours: sequence < 1, offset < 0, topic too long; ERR_RETRY without memory). */
int chain_see(struct chain_set *set, const struct chain_link *link, uint32_t *index, struct err *err) MUST_CHECK;

/* Count what became of a record that chain_see let through, with the newest time that it tells and its append time in
 * ms (INT64_MIN: unknown). */
void chain_count(struct chain_set *set, uint32_t index, enum chain_fate fate, int64_t told_ms, int64_t received_ms);

/* Close the gaps whose offsets a higher epoch of the same topic and partition has read past: their messages count as
 * superseded in the old chain. Call at the end of a batch. */
void chain_close_overtaken(struct chain_set *set);

/* Messages in open gaps of a chain; and received minus the five fates minus lost: always 0. */
int64_t chain_lost(const struct chain_set *set, uint32_t index);
int64_t chain_difference(const struct chain_set *set, uint32_t index);

#endif
