/* feed: messages to feed topics, as every producer of ours sends them: CloudEvents 1.0 headers in binary mode and, for
 * imported history, the operator's signature. One object, one thread, one idempotent producer for all its topics.
 *
 * Nothing is allocated per message; Kafka's client copies what it is handed. */
#ifndef LAGESBILD_FEED_H
#define LAGESBILD_FEED_H

#include "base/err.h"
#include "hash/hash.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct feed_plan {
	const char *program;	    /* in ce_source: "/collector/press" */
	const char *prefix;	    /* before every topic's name */
	const struct hash_key *key; /* signs history (lagesbild-backfill: 1); NULL: as if live, unsigned */
	bool no_key;		    /* no Kafka key: spread over the partitions */
	int64_t rate;		    /* messages a second; 0: as fast as Kafka takes them */
};

struct feed_message {
	int topic; /* of feed_topic */
	const char *key;
	size_t key_len;	   /* at most FEED_KEY_MAX */
	const char *value; /* NULL: withdraw */
	size_t value_len;
	int64_t time_s; /* ce_time: when the agency had it so; unix seconds */
};

#define FEED_KEY_MAX 256

struct feed;

/* The plan and what it points to must outlive the feed. */
int feed_open(struct feed **feed, const struct feed_plan *plan, struct err *err) MUST_CHECK;
/* Drops what Kafka has not acknowledged. NULL allowed. */
void feed_close(struct feed *feed);

/* The topic <prefix>feed.<source>: its number for feed_send. ERR_CONFIG when there is no such topic (a producer would
 * wait for one), ERR_SERVER when no broker answers. */
int feed_topic(struct feed *feed, const char *source, struct err *err) MUST_CHECK;

/* Hand one message over, waiting while the queue is full or the rate is reached. 0, or -1: ERR_MESSAGE (this message
 * cannot be sent), ERR_RETRY (asked to stop), else the end. */
int feed_send(struct feed *feed, const struct feed_message *message, struct err *err) MUST_CHECK;

/* Wait until Kafka has acknowledged all; a broker that is away is waited for until the program is asked to stop. */
int feed_finish(struct feed *feed, struct err *err) MUST_CHECK;

uint64_t feed_acknowledged(const struct feed *feed);

#endif
