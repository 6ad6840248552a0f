/* batch: the records read from topic incidents since the last commit, decoded and placed, in the order they came.
 *
 * Each record holds all that the transaction needs, so that Kafka's messages can go back at once. Memory grows to the
 * largest batch and is reused. An incident that comes several times gets rising rounds: the transaction takes one round
 * after the other, so that each record meets the row its predecessor left. */
#ifndef LAGESBILD_BATCH_H
#define LAGESBILD_BATCH_H

#include "base/buf.h"
#include "base/map64.h"
#include "kafka/kafka.h"
#include "ledger/rules.h"
#include "positions/chain.h"

#define BATCH_ROUNDS_MAX 16 /* one incident more often than this ends the batch */
#define BATCH_TOPICS_MAX 32
#define BATCH_UNITS_MAX 64
#define BATCH_UNIT_SIZE 257

struct record {
	int64_t offset; /* on incidents */
	int32_t partition;
	uint16_t topic; /* index into batch.topics */
	uint8_t unit;	/* 1 + the index into batch.units of the unit that reports; 0: none is named */
	uint8_t round;
	uint8_t operation;	     /* enum incident_operation */
	uint8_t reason;		     /* enum err_reason */
	bool readable;		     /* false: none of our records; only the position moves */
	bool apply;		     /* scratch of the transaction: chain_see let it through */
	uint32_t chain;		     /* scratch: its chain in the set */
	uint32_t detail, detail_len; /* in batch.texts */
	int64_t epoch, feed_offset, sequence;
	struct ledger_row row;
};

struct batch {
	struct record *records;
	size_t count, cap, max;
	unsigned rounds; /* 1 + the highest round */
	struct buf texts;
	char topics[BATCH_TOPICS_MAX][CHAIN_TOPIC_MAX];
	size_t topic_count;
	char units[BATCH_UNITS_MAX][BATCH_UNIT_SIZE];
	size_t unit_count;
	struct map64 seen; /* start of the id -> how often */
};

int batch_init(struct batch *b, size_t max, struct err *err) MUST_CHECK;
void batch_release(struct batch *b);
void batch_clear(struct batch *b);

/* Add one record; in == NULL: unreadable. 1: the batch must be committed first, nothing was added. */
int batch_add(struct batch *b, const struct rules *rules, const struct kafka_message *m, const struct incident *in,
	      struct err *err) MUST_CHECK;

/* Forget the records of a partition that is no longer ours. */
void batch_drop(struct batch *b, int32_t partition);

#endif
