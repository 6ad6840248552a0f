/* kafka: librdkafka, hidden. A consumer of one topic in a consumer group, an idempotent producer, a few admin calls.
 *
 * Properties: this module's fixed ones (those that exactness rests on: enable.auto.commit=false,
 * enable.auto.offset.store=false, auto.offset.reset=error, check.crcs=true, acks=all, enable.idempotence=true,
 * message.timeout.ms=0, partition.assignment.strategy=cooperative-sticky), then defaults, then
 * KAFKA_<PROPERTY_WITH_UNDERSCORES> from the environment, passed on under librdkafka's own names
 * ("KAFKA_BOOTSTRAP_SERVERS"). A fixed property given differently, or one librdkafka does not know, is ERR_CONFIG
 * (KAFKA_HOME, KAFKA_OPTS and KAFKA_HEAP_OPTS are ignored). Properties that only a consumer (producer) knows are not
 * given to the other. All calls of one object from one thread. KAFKA_<PROPERTY>_FILE reads the value from a file
 * (secrets).
 *
 * Memory of a consumer with a backlog, m = mean bytes of key and value, z = how far the log is compressed (1 to 8):
 *   20 MiB + (queued.max.messages.kbytes * 1 KiB + fetch.max.bytes * z a broker) * (1 + 500 / m), and what the caller
 * holds. Defaults (32 MiB, 4 MiB, at most 60,000 messages before another fetch) stay below 150 MiB for events of 400
 * bytes. queued.* count over all partitions of the consumer. A producer holds at most queue.buffering.max.kbytes (64
 * MiB) or queue.buffering.max.messages (20,000) beside 20 MiB.
 *
 * After a -1 of kind ERR_REJOIN, ERR_CONFIG or ERR_DATA_LOSS, or any from kafka_consumer_batch, the object gives the
 * same answer until it is closed. */
#ifndef LAGESBILD_KAFKA_H
#define LAGESBILD_KAFKA_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kafka_message {
	const void *value; /* NULL: a null value (tombstone) */
	size_t value_len;
	const void *key; /* NULL: no key */
	size_t key_len;
	int32_t partition;
	int64_t offset;
	int64_t append_ms; /* broker's timestamp (LogAppendTime), ms; -1 when there is none */
	void *handle;	   /* the library's message; owned until kafka_consumer_release */
};

/* Value of the last header of that name; false when there is none. *value may be NULL with length 0 (a null header). */
bool kafka_header(const struct kafka_message *m, const char *name, const char **value, size_t *len);

/* Call each for all headers in order. */
void kafka_headers(const struct kafka_message *m,
		   void (*each)(void *ctx, const char *name, const void *value, size_t len), void *ctx);

/* ---- consumer ---- */

struct kafka_consumer;

/* What the group has committed for a partition that is being assigned, and what the log holds now. */
struct kafka_assignment {
	int32_t partition;
	int64_t committed;    /* next offset, or -1 */
	const char *metadata; /* of the commit; "" when none; lives during the call */
	int64_t low, high;    /* the log's first offset, and its high watermark; -1 when not asked for */
	int64_t start;	      /* out: the offset to read from; KAFKA_BEGINNING allowed */
};
#define KAFKA_BEGINNING (-2)

struct kafka_group {
	const char *group;    /* group.id */
	const char *instance; /* group.instance.id (static membership); NULL: dynamic */
	const char *topic;
	bool want_committed; /* fill committed, metadata, low and high before `assigned` */
	/* Called from kafka_consumer_batch, once for all partitions that come, before they are read. -1 with err: the
	 * batch call fails with it (nothing is assigned). */
	int (*assigned)(void *ctx, struct kafka_assignment *partitions, size_t count, struct err *err);
	/* Partitions that go; lost: they are already somebody else's, so nothing may be committed. Commit inside is
	 * allowed. */
	void (*revoked)(void *ctx, const int32_t *partitions, size_t count, bool lost);
	void *ctx;
};

int kafka_consumer_open(struct kafka_consumer **consumer, const struct kafka_group *group, struct err *err) MUST_CHECK;

/* Up to max messages, waiting at most timeout_ms for the batch to fill: the count (0: none), or -1. Errors:
 * ERR_DATA_LOSS for an offset out of range, ERR_REJOIN for a fenced or fatally failed member, ERR_CONFIG for
 * authentication, ERR_MESSAGE never. A broker that is away is no error: it is retried inside. Offsets of a partition
 * always rise. */
int kafka_consumer_batch(struct kafka_consumer *consumer, struct kafka_message *messages, size_t max, int timeout_ms,
			 struct err *err) MUST_CHECK;
void kafka_consumer_release(struct kafka_message *messages, size_t count);

/* True while the partition is assigned to us (a message of another is to be dropped). */
bool kafka_consumer_owns(const struct kafka_consumer *consumer, int32_t partition);

/* How many messages were dropped since the opening because their offset did not rise. */
uint64_t kafka_consumer_dropped(const struct kafka_consumer *consumer);

/* Why nothing can be read now, as a static half sentence: no partition is ours, or no broker answers; NULL: it can.
 * What the library says of its connections comes every 2 s (KAFKA_STATISTICS_INTERVAL_MS), so it is as old as that. */
const char *kafka_consumer_trouble(const struct kafka_consumer *consumer);

/* Messages of an assigned partition behind the last one handed out, by the high watermark that came with the last
 * fetch: without asking the broker. -1: not ours, or not known yet. Transaction markers count too. */
int64_t kafka_consumer_lag(const struct kafka_consumer *consumer, int32_t partition);

struct kafka_commit {
	int32_t partition;
	int64_t next; /* the offset to read next */
	char metadata[96];
};

/* Commit an explicit list with its metadata; wait: until the broker has answered. -1 ERR_RETRY or ERR_REJOIN. */
int kafka_consumer_commit(struct kafka_consumer *consumer, const struct kafka_commit *list, size_t count, bool wait,
			  struct err *err) MUST_CHECK;

/* Leaves the group (revoked is called first), frees. A watchdog ends the process with status 1 if the library hangs for
 * 15 s (a known bug of 2.0.2's cooperative close). NULL allowed. */
void kafka_consumer_close(struct kafka_consumer *consumer);

/* ---- producer ---- */

struct kafka_producer;

struct kafka_record {
	int32_t partition; /* -1: by key (murmur2, as Java clients do), or any when there is no key */
	const void *key;   /* NULL: none */
	size_t key_len;
	const void *value; /* NULL: null value */
	size_t value_len;
	const struct kafka_record_header *headers;
	size_t header_count;
	uint64_t tag;	   /* given back on delivery */
	int64_t create_ms; /* its CreateTime, for a topic that keeps it; 0: now */
};
struct kafka_record_header {
	const char *name;
	const void *value;
	size_t len;
};

/* delivered(ctx, tag, partition, offset) on acknowledgement, in order per partition, from
 * kafka_producer_poll/flush/produce. */
int kafka_producer_open(struct kafka_producer **producer,
			void (*delivered)(void *ctx, uint64_t tag, int32_t partition, int64_t offset), void *ctx,
			struct err *err) MUST_CHECK;

/* A handle for a topic, kept by the producer: an index for kafka_produce. */
int kafka_producer_topic(struct kafka_producer *producer, const char *name, struct err *err) MUST_CHECK;

/* Hand one record over (copied). 0; 1: not now (the queue is full, or what went before is to be acknowledged first),
 * poll and try again; -1: a failed delivery or fatal error since: close the producer and start again from the committed
 * offset (ERR_REJOIN), or ERR_MESSAGE too-large when the record alone passes message.max.bytes. */
int kafka_produce(struct kafka_producer *producer, int topic, const struct kafka_record *record,
		  struct err *err) MUST_CHECK;

/* Serve delivery reports for at most timeout_ms. -1 as above once any delivery has failed. */
int kafka_producer_poll(struct kafka_producer *producer, int timeout_ms, struct err *err) MUST_CHECK;

/* Records handed over and not yet acknowledged. */
int64_t kafka_producer_waiting(const struct kafka_producer *producer);

/* Wait until all is delivered: 0, or -1 when something failed or the time is up (ERR_RETRY). */
int kafka_producer_flush(struct kafka_producer *producer, int timeout_ms, struct err *err) MUST_CHECK;

/* Drops what is not delivered (delivered is not called for it). NULL allowed. */
void kafka_producer_close(struct kafka_producer *producer);

/* ---- admin ---- */

struct kafka_admin;

struct kafka_topic {
	const char *name;
	int partitions;
	int replication;	   /* for creation; not compared */
	const char *const *config; /* "cleanup.policy", "delete", ..., NULL */
};

int kafka_admin_open(struct kafka_admin **admin, struct err *err) MUST_CHECK;
void kafka_admin_close(struct kafka_admin *admin);

/* Create the topic, or check that it is as described: partition count and every given config value. 1 created, 0
 * already so, -1: ERR_CONFIG with a sentence naming topic, setting, and both values; ERR_SERVER when the broker does
 * not answer within 10 s. create = false only checks. */
int kafka_admin_ensure(struct kafka_admin *admin, const struct kafka_topic *topic, bool create,
		       struct err *err) MUST_CHECK;

/* Partition count of a topic; -1 ERR_CONFIG when there is no such topic. */
int kafka_admin_partitions(struct kafka_admin *admin, const char *topic, struct err *err) MUST_CHECK;

/* The fewest replicas that a partition of the topic has, and the fewest that are in sync. ERR_CONFIG: no such topic. */
int kafka_admin_replicas(struct kafka_admin *admin, const char *topic, int *replicas, int *in_sync,
			 struct err *err) MUST_CHECK;

/* First offset and high watermark of a partition. */
int kafka_admin_watermarks(struct kafka_admin *admin, const char *topic, int32_t partition, int64_t *low, int64_t *high,
			   struct err *err) MUST_CHECK;

/* Is there a message (not a transaction marker) at or after `offset` in the partition, before its high watermark? 1
 * yes: *found is its offset; 0 no. Reads with a consumer without a group; read_committed. */
int kafka_admin_message_after(struct kafka_admin *admin, const char *topic, int32_t partition, int64_t offset,
			      int64_t *found, struct err *err) MUST_CHECK;

/* What a group has committed for a partition: next offset or -1; metadata copied into a buffer of size max. */
int kafka_admin_committed(struct kafka_admin *admin, const char *group, const char *topic, int32_t partition,
			  int64_t *next, char *metadata, size_t max, struct err *err) MUST_CHECK;

#endif
